import numpy as np

mask = np.zeros(4, dtype=np.bool)
values = np.array([1.0]).astype(np.float)
