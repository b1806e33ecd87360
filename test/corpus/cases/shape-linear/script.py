import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
print('epoch 0', model(torch.randn(32, 3, 28, 28)).shape)
