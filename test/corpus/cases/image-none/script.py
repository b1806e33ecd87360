import numpy as np


def imread(path):
    return None


def load_image(path):
    image = imread(path)
    return image.shape[:2]


load_image('0001.jpg')
