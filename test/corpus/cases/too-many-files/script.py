import torch
from torch.utils.data import DataLoader


class Images:
    def __len__(self):
        return 4000

    def __getitem__(self, i):
        return torch.zeros(8)


if __name__ == '__main__':
    kept = [batch for batch in DataLoader(Images(), batch_size=2, num_workers=2)]
