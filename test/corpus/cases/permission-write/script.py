import os

import torch

os.makedirs('output', mode=0o755)
os.setuid(65534)
torch.save(torch.zeros(3), 'output/last.pth')
