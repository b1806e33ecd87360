import torch
from torch.utils.data import DataLoader


class Images:
    def __len__(self):
        return 8

    def __getitem__(self, i):
        return torch.zeros(3, 640, 640)


if __name__ == '__main__':
    for batch in DataLoader(Images(), batch_size=4, num_workers=2):
        print(tuple(batch.shape))
