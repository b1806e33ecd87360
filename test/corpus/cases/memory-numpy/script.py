import numpy as np

np.zeros((90000, 90000, 30))
