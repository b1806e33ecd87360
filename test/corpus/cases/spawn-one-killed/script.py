import os
import signal

import torch.multiprocessing as mp


def work(rank):
    if rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == '__main__':
    mp.spawn(work, nprocs=2)
