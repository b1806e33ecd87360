import ctypes
import faulthandler

import torch

faulthandler.enable()
print('step 1 loss 2.30', flush=True)

def step():
    ctypes.string_at(0)

step()
