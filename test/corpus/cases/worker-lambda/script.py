import torch
from torch.utils.data import DataLoader


class Data:
    def __init__(self):
        self.transform = lambda x: x

    def __len__(self):
        return 4

    def __getitem__(self, i):
        return self.transform(torch.zeros(1))


if __name__ == '__main__':
    for batch in DataLoader(Data(), num_workers=1, multiprocessing_context='spawn'):
        print(batch)
