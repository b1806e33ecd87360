import ctypes

ctypes.CDLL('libcudnn_ops.so.9')
