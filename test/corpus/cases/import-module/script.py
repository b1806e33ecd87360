import torch
from mmcv.ops import nms
