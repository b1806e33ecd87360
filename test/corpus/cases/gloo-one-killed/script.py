import datetime
import os
import signal
import time

import torch
import torch.distributed as dist

dist.init_process_group('gloo', timeout=datetime.timedelta(seconds=20))
rank = dist.get_rank()
for step in range(3):
    x = torch.ones(4) * rank
    dist.all_reduce(x)
    print(f'rank {rank} step {step} loss {x[0].item():.1f}', flush=True)
    if rank == 1 and step == 1:
        os.kill(os.getpid(), signal.SIGKILL)
