import torch

loss = torch.nn.CrossEntropyLoss()
mask = torch.randint(0, 21, (2, 16, 16))
mask[0, :2] = 255
loss(torch.randn(2, 21, 16, 16), mask)
