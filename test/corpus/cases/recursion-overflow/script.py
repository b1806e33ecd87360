import sys
import threading

sys.setrecursionlimit(10**9)


def build(depth):
    return eval('build(depth + 1)')


build(0)
