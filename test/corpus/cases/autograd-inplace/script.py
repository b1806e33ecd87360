import torch

w = torch.randn(4, 4, requires_grad=True)
x = (w @ w).exp()
x += 1
x.sum().backward()
