import torch

open('best.pt', 'wb').close()
torch.load('best.pt')
