from torch.utils.data import BatchLoader
