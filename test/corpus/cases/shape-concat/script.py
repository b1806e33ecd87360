import torch

skip, up = torch.randn(1, 64, 57, 57), torch.randn(1, 64, 56, 56)
x = torch.cat([skip, up], dim=1)
