import torch

open('resnet50.pth', 'w').write('<!DOCTYPE html><html><body>Not found</body></html>')
torch.load('resnet50.pth')
