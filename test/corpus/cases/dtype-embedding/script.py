import torch

torch.nn.Embedding(100, 16)(torch.rand(4, 7))
