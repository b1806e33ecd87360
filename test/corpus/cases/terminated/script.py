import os
import signal

print('epoch 4', flush=True)
os.kill(os.getpid(), signal.SIGTERM)
