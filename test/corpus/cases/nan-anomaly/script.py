import torch

with torch.autograd.detect_anomaly():
    w = torch.zeros(3, requires_grad=True)
    loss = (w.sqrt() * w).sum()
    loss.backward()
