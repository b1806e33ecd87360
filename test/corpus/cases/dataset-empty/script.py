from torch.utils.data import DataLoader

DataLoader([], batch_size=4, shuffle=True)
