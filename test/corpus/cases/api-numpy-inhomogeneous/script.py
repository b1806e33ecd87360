import numpy as np

boxes = np.array([[1, 2, 3, 4], [5, 6, 7]])
