import torch

torch.load('work_dirs/rtmdet/epoch_12.pth')
