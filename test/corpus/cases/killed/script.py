import os
import signal
import sys
import time

for step in range(5):
    print(f'step {step} loss {2.3 - step / 10:.2f}', flush=True)
os.kill(os.getpid(), signal.SIGKILL)
