import torch
import torch.nn.functional as F

F.binary_cross_entropy(torch.tensor([0.2, 1.4, 0.9]), torch.tensor([0.0, 1.0, 1.0]))
