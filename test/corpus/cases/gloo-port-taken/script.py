import socket

import torch.distributed as dist

busy = socket.socket()
busy.bind(('127.0.0.1', 29874))
busy.listen()
dist.init_process_group('gloo', init_method='tcp://127.0.0.1:29874', rank=0, world_size=1)
