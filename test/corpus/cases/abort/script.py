import faulthandler
import os

faulthandler.enable()
print('epoch 3', flush=True)
os.abort()
