import math

import torch

loss = torch.tensor(float('inf')) - torch.tensor(float('inf'))
if not math.isfinite(loss.item()):
    raise FloatingPointError(f'Loss is {loss.item()}, stopping training at step 120')
