import torch
import torch.nn.functional as F

F.one_hot(torch.tensor([0, 1, 10]), num_classes=10)
