import os

os.makedirs('runs', mode=0o755)
os.setuid(65534)
os.makedirs('runs/exp7/weights')
