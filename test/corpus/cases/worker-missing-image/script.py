import os
import signal
import time

import torch
from torch.utils.data import DataLoader, Dataset

class Images(Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        if index == 21:
            open('data/coco/train2017/000000391895.jpg', 'rb')
        return torch.zeros(3, 8, 8)

if __name__ == '__main__':
    for batch in DataLoader(Images(), batch_size=8, num_workers=2):
        print('batch', tuple(batch.shape), flush=True)
