import torch

count = torch.zeros(3, dtype=torch.long)
count += torch.tensor([0.5, 0.5, 0.5])
