"""Trains the runs of scenarios.py and records what a trainer would have pushed: `python record.py OUTPUT [--seeds N] [NAME ...]`.
With --seeds all seeds are N higher: other runs of the same kind.

A run is a folder: run.json (POST /v1/runs), metrics.ndjson (POST /v1/runs/{id}/metrics), captures/step-NNNN.safetensors, truth.json (what
broke, and from which step on). The runs in ../runs were recorded so, with torch on one thread of a CPU. Durations are processor time:
what other programs on the recording machine do to the clock is no fault of the run.
"""
import json
import math
import pathlib
import platform
import struct
import sys
import time

import torch

from detector import Batches, Detector, anchor_points, losses
from scenarios import CLEAN, FAULTS, ONSET

STEPS = 500
BATCH = 8
CAPTURE_EVERY = 100
WEIGHTS = {"loss_cls": 1.0, "loss_iou": 2.5, "loss_dfl": 0.5}


class Training:
    def __init__(self, seed, bins=17, sizes=(10, 36)):
        torch.manual_seed(seed)
        self.model = Detector(bins)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.02, momentum=0.9, weight_decay=5e-4)
        self.batches = Batches(seed, BATCH, sizes)
        self.step = 0
        self.usual_step_s = 0.01
        # What faults change.
        self.lr_factor, self.sign, self.repeat_forward = 1.0, 1.0, 1
        self.spoil_images = self.spoil_target = None
        self.drop = ()
        self.report = lambda values, capture: values


def rate(schedule, step, steps, warmup):
    if step < warmup:
        return 0.02 * (step + 1) / warmup
    if schedule == "step":
        return 0.02 * (0.1 if step >= 0.6 * steps else 1.0)
    if schedule == "cosine":
        return 0.02 * 0.5 * (1 + torch.cos(torch.tensor(torch.pi * step / steps)).item())
    return 0.02


def train(scenario, steps=STEPS):
    """Yields (step, values, capture) of each step."""
    training = Training(scenario["seed"], scenario.get("bins", 17), scenario.get("sizes", (10, 36)))
    centres, strides = anchor_points()
    fault, schedule = scenario.get("fault"), scenario.get("schedule", "constant")
    for step in range(steps):
        training.step = step
        started = time.process_time()
        if step == scenario.get("augment_until"):
            training.batches.augment = False
        if fault:
            fault(training)
        images, boxes = training.batches.next()
        if training.spoil_images:
            images = training.spoil_images(images)
        loaded = time.process_time()
        lr = rate(schedule, step, steps, scenario.get("warmup", 30)) * training.lr_factor
        for group in training.optimizer.param_groups:
            group["lr"] = lr
        for _ in range(training.repeat_forward):
            scores, dist = training.model(images)
            parts, capture = losses(scores, dist, boxes, centres, strides, training.spoil_target)
        parts = {name: value * 0 if name in training.drop else value for name, value in parts.items()}
        total = sum(WEIGHTS[name] * value for name, value in parts.items())
        training.optimizer.zero_grad()
        (training.sign * total).backward()
        norm = torch.nn.utils.clip_grad_norm_(training.model.parameters(), scenario.get("clip", 1e9))
        training.optimizer.step()
        ended = time.process_time()
        if step == 20:
            training.usual_step_s = ended - started
        values = training.report({name: value.item() for name, value in parts.items()}, capture)
        values = {"loss": total.item(), **values, "lr": lr, "grad_norm": norm.item()}
        values |= {"batch_cost": ended - started, "data_cost": loaded - started, "ips": BATCH / (ended - started)}
        yield step, values, capture


def write_safetensors(path, capture, step, reported):
    dtypes = {torch.float32: "F32", torch.bool: "BOOL"}
    header, data = {"__metadata__": {
        "reg_range": f"0,{capture['pred_dist'].shape[-1]}", "normalizer": repr(capture["normalizer"]),
        "reported_loss_dfl": repr(reported), "step": str(step),
        "strides": json.dumps([int(stride) for stride in capture["stride"]], separators=(",", ":")),
    }}, b""
    for name, tensor in capture.items():
        if name in ("normalizer", "stride"):
            continue
        raw = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": dtypes[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)


def record(folder, name, scenario):
    (folder / "captures").mkdir(parents=True, exist_ok=True)
    steps = scenario.get("steps", STEPS)
    with open(folder / "metrics.ndjson", "w") as metrics:
        for step, values, capture in train(scenario, steps):
            rounded = {key: float(f"{value:.7g}") for key, value in values.items()}
            metrics.write(json.dumps({"step": step, "values": rounded}) + "\n")
            # The service refuses a normalizer that is not finite: a trainer that lost its numbers has none to push.
            due = step % CAPTURE_EVERY == CAPTURE_EVERY // 2 and len(capture["target"]) > 0
            if due and math.isfinite(capture["normalizer"]):
                write_safetensors(folder / "captures" / f"step-{step:04d}.safetensors", capture, step, values["loss_dfl"])
    onset = scenario.get("onset", ONSET) if "failure" in scenario else None
    truth = {"failure": scenario.get("failure"), "onset": onset, "steps": steps, "siblings": scenario.get("siblings", [])}
    (folder / "truth.json").write_text(json.dumps(truth) + "\n")
    config = {"batch_size": BATCH, "base_lr": 0.02, "num_classes": 3, "reg_range": [0, scenario.get("bins", 17)]}
    run = {"name": name, "framework": {"name": "pytorch", "version": torch.__version__}, "device": "cpu", "config": config,
           "environment": {"os": platform.system(), "python": platform.python_version()}}
    (folder / "run.json").write_text(json.dumps(run) + "\n")
    print(name, truth, flush=True)


def main():
    torch.set_num_threads(1)
    output, *names = sys.argv[1:]
    added = int(names[1]) if names[:1] == ["--seeds"] else 0
    names = names[2:] if added else names
    for name, scenario in {**CLEAN, **FAULTS}.items():
        if not names or name in names:
            record(pathlib.Path(output) / name, name, {**scenario, "seed": scenario["seed"] + added})


main()
