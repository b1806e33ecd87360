import torch

pred = torch.randn(8, 80, 20, 20, requires_grad=True)
loss = ((pred - torch.randn(8, 81, 20, 20)) ** 2).mean()
