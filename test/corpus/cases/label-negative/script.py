import torch
import torch.nn.functional as F

logits = torch.randn(4, 10, requires_grad=True)
F.cross_entropy(logits, torch.tensor([0, -1, 3, 2])).backward()
