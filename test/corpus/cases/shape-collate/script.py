import torch
from torch.utils.data import DataLoader

images = [torch.zeros(3, 480, 640), torch.zeros(3, 427, 640)] * 4
for batch in DataLoader(images, batch_size=4, num_workers=2):
    print(batch.shape)
