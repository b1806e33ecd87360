import torch

layer = torch.nn.Linear(8, 4)
layer(torch.randn(2, 8, dtype=torch.float64))
