import torch
import torch.multiprocessing as mp


def work(rank):
    torch.nn.functional.cross_entropy(torch.randn(2, 3), torch.tensor([0, 3 + rank]))


if __name__ == '__main__':
    mp.spawn(work, nprocs=2)
