"""A small detector with PP-YOLOE's arrangement of losses, trained on images of rectangles: what the recorded runs were made with.

Anchors at strides 8 and 16; per anchor the class logits and 4 distributions over K bins; total = cls + 2.5 iou + 0.5 dfl, each divided by
the sum of the assigned scores S, as in PaddleDetection ppdet/modeling/heads/ppyoloe_head.py. Only torch is needed.
"""
import torch
import torch.nn.functional as F

IMAGE = 64
STRIDES = (8, 16)
CLASSES = 3


class Detector(torch.nn.Module):
    def __init__(self, bins):
        super().__init__()
        self.bins = bins
        layers, channels = [], 3
        for width in (12, 24, 48):
            layers += [torch.nn.Conv2d(channels, width, 3, 2, 1), torch.nn.BatchNorm2d(width), torch.nn.ReLU()]
            channels = width
        self.stem = torch.nn.Sequential(*layers)
        self.down = torch.nn.Sequential(torch.nn.Conv2d(48, 48, 3, 2, 1), torch.nn.BatchNorm2d(48), torch.nn.ReLU())
        self.cls = torch.nn.Conv2d(48, CLASSES, 3, 1, 1)
        self.reg = torch.nn.Conv2d(48, 4 * bins, 3, 1, 1)
        torch.nn.init.constant_(self.cls.bias, -4.6)
        torch.nn.init.zeros_(self.reg.weight)
        torch.nn.init.zeros_(self.reg.bias)

    def forward(self, images):
        first = self.stem(images)
        levels = (first, self.down(first))
        scores = torch.cat([self.cls(level).flatten(2).transpose(1, 2) for level in levels], 1)
        dist = torch.cat([self.reg(level).flatten(2).transpose(1, 2) for level in levels], 1)
        return scores, dist.unflatten(2, (4, self.bins))


def anchor_points():
    """Centres [A,2] in pixels and strides [A]."""
    centres, strides = [], []
    for stride in STRIDES:
        cells = (torch.arange(IMAGE // stride) + 0.5) * stride
        y, x = torch.meshgrid(cells, cells, indexing="ij")
        centres.append(torch.stack([x, y], -1).view(-1, 2))
        strides.append(torch.full((len(cells) ** 2,), float(stride)))
    return torch.cat(centres), torch.cat(strides)


class Batches:
    """Random images with one to three rectangles; the class of a rectangle is its colour. Augmented with noise and brightness."""

    def __init__(self, seed, size, sizes=(10, 36)):
        self.random = torch.Generator().manual_seed(seed)
        self.size, self.sizes, self.augment = size, sizes, True

    def integer(self, low, high):
        return int(torch.randint(low, high, (1,), generator=self.random))

    def next(self):
        images = 0.1 * torch.randn(self.size, 3, IMAGE, IMAGE, generator=self.random)
        boxes = []
        for image in images:
            of_image = []
            for _ in range(self.integer(1, 4)):
                width, height = self.integer(*self.sizes), self.integer(*self.sizes)
                x, y = self.integer(0, IMAGE - width), self.integer(0, IMAGE - height)
                kind = self.integer(0, CLASSES)
                image[kind, y : y + height, x : x + width] += 1.0
                of_image.append([x, y, x + width, y + height, kind])
            boxes.append(torch.tensor(of_image, dtype=torch.float32))
        if self.augment:
            images = images * (0.6 + 0.8 * torch.rand(self.size, 1, 1, 1, generator=self.random))
            images = images + 0.25 * torch.randn(images.shape, generator=self.random)
        return images, boxes


def assign(boxes, centres, strides):
    """Of a batch: positive mask [B,A], their boxes [B,A,4] in pixels and classes [B,A]. A box belongs to the level that fits its size."""
    masks, targets, classes = [], [], []
    for of_image in boxes:
        x, y = centres[:, None, 0], centres[:, None, 1]
        inside = (x > of_image[:, 0]) & (y > of_image[:, 1]) & (x < of_image[:, 2]) & (y < of_image[:, 3])
        large = (of_image[:, 2:4] - of_image[:, :2]).amax(1) >= 24
        inside &= large[None] == (strides[:, None] > STRIDES[0])
        masks.append(inside.any(1))
        chosen = inside.float().argmax(1)
        targets.append(of_image[chosen, :4])
        classes.append(of_image[chosen, 4].long())
    return torch.stack(masks), torch.stack(targets), torch.stack(classes)


def iou_and_giou(a, b):
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    overlap = (high - low).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).clamp(min=0).prod(1) + (b[:, 2:] - b[:, :2]).clamp(min=0).prod(1) - overlap
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    iou = overlap / union.clamp(min=1e-9)
    return iou, iou - (hull - union) / hull.clamp(min=1e-9)


def dfl(dist, target):
    """[P] mean over the sides of the two-bin cross entropy; dist [P,4,K], target [P,4] in bins."""
    left = target.floor().clamp(0, dist.shape[-1] - 2)
    log_p = F.log_softmax(dist, -1)
    at = left.long().unsqueeze(-1)
    right = target - left
    return -(log_p.gather(-1, at).squeeze(-1) * (1 - right) + log_p.gather(-1, at + 1).squeeze(-1) * right).mean(-1)


def losses(scores, dist, boxes, centres, strides, spoil_target=None):
    """The components divided by S, and what a capture of this evaluation holds."""
    bins = dist.shape[-1]
    mask, gt, classes = assign(boxes, centres, strides)
    points = (centres / strides[:, None]).expand(len(boxes), -1, -1)
    per_stride = gt / strides[None, :, None]
    full = torch.cat([points - per_stride[..., :2], per_stride[..., 2:] - points], -1).clamp(0, bins - 1 - 0.01)
    selected = dist[mask]
    sides = (selected.softmax(-1) * torch.arange(bins)).sum(-1)
    at = points[mask]
    predicted = torch.cat([at - sides[:, :2], at + sides[:, 2:]], -1)
    iou, giou = iou_and_giou(predicted, per_stride[mask])
    score = torch.zeros_like(scores)
    score[mask, classes[mask]] = iou.detach().clamp(min=0.1)
    weight = score[mask].sum(-1)
    total = score.sum().clamp(min=1)
    probability = scores.detach().sigmoid()
    focus = torch.where(score > 0, score, 0.75 * probability**2)
    target = full[mask]
    if spoil_target is not None:
        target = spoil_target(target)
    capture = {
        "pred_dist": selected.detach(), "target": target, "weight": weight, "mask": mask, "target_full": full,
        "stride": strides.expand(len(boxes), -1)[mask], "normalizer": float(total),
    }
    trained = target.clamp(0, bins - 1 - 0.01)
    return {
        "loss_cls": (F.binary_cross_entropy_with_logits(scores, score, reduction="none") * focus).sum() / total,
        "loss_iou": ((1 - giou) * weight).sum() / total,
        "loss_dfl": (dfl(selected, trained) * weight).sum() / total,
    }, capture
