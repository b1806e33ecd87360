import torch

x = torch.randn(10, 4)
print(x[torch.tensor([0.0, 1.0])])
