import torch

a, b = torch.empty(4, 3, device='meta'), torch.empty(5, 6, device='meta')
a @ b
