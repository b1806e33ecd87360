import torch
import torch.nn.functional as F

F.cross_entropy(torch.randn(8, 19), torch.tensor([0, 3, 19, 2, 1, 0, 5, 4]))
