import torch

torch.optim.Adam([], lr=1e-3)
