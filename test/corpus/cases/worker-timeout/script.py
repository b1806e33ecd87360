import time

import torch
from torch.utils.data import DataLoader


class Slow:
    def __len__(self):
        return 4

    def __getitem__(self, i):
        time.sleep(30)
        return torch.zeros(1)


if __name__ == '__main__':
    for batch in DataLoader(Slow(), num_workers=1, timeout=2):
        print(batch)
