import torch

with torch.device('meta'):
    layer = torch.nn.Linear(8, 4)
layer(torch.randn(2, 8))
