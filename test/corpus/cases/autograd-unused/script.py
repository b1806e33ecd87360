import torch

a, b = torch.randn(2, requires_grad=True), torch.randn(2, requires_grad=True)
torch.autograd.grad((a * 2).sum(), [a, b])
