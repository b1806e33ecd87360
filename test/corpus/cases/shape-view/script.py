import torch

x = torch.randn(16, 512, 7, 7)
x.view(16, 4096)
