"""What is recorded: clean runs, and one run for each way to break one. A fault is a function that changes the training at its step.

Each returns nothing and gets the training (see record.py). `onset` is the step of the fault; None for a clean run. `failure` is the failure
class that the run shows (contract: numeric classes).
"""
import time

ONSET = 250


def at_onset(change):
    return lambda training: change(training) if training.step == ONSET else None


def from_onset(change):
    return lambda training: change(training) if training.step >= ONSET else None


def only_at_onset(change):
    def fault(training):
        if training.step == ONSET:
            change(training)
        elif training.step == ONSET + 1:
            training.lr_factor = 1.0

    return fault


def scale_rate(factor):
    def change(training):
        training.lr_factor = factor

    return change


def poison_weight(training):
    training.model.stem[0].weight.data[0, 0, 0, 0] = float("nan")


def spoil_images(function):
    def change(training):
        training.spoil_images = function

    return change


def garbage_rows(target):
    """What the broken masked_select left behind: the last third of the rows holds numbers of other tensors."""
    spoiled = target.clone()
    first = 2 * len(target) // 3
    spoiled[first:, 0], spoiled[first:, 1:] = 28.0, -6.5
    return spoiled


def corrupt_selection(training):
    training.spoil_target = garbage_rows


def report_undivided(training):
    training.report = lambda values, capture: {**values, "loss_dfl": values["loss_dfl"] * capture["normalizer"]}


def report_zero(*names):
    def change(training):
        training.drop = names

    return change


def slow_loader(training):
    end = time.process_time() + 6 * training.usual_step_s
    while time.process_time() < end:
        pass


def slow_compute(training):
    training.repeat_forward = 6


def ascend(training):
    training.sign = -1.0


# Finished runs of the same project and config: their loss is what a run that never learns stands out from.
SIBLINGS = ["clean-constant", "clean-constant-2"]

CLEAN = {
    "clean-constant": dict(seed=1, schedule="constant"),
    "clean-constant-2": dict(seed=2, schedule="constant"),
    "clean-step": dict(seed=3, schedule="step"),
    "clean-step-2": dict(seed=4, schedule="step"),
    "clean-cosine": dict(seed=5, schedule="cosine"),
    "clean-cosine-late-switch": dict(seed=6, schedule="cosine", augment_until=375),
    "clean-warmup-only": dict(seed=7, schedule="constant", warmup=200),
    "clean-late-switch": dict(seed=8, schedule="step", augment_until=375),
    "clean-beside-siblings": dict(seed=9, schedule="constant", siblings=SIBLINGS),
}

FAULTS = {
    "nan-rate": dict(seed=11, failure="loss-nan", fault=at_onset(scale_rate(1e6))),
    "nan-weight": dict(seed=12, failure="loss-nan", fault=at_onset(poison_weight)),
    "nan-image": dict(seed=13, failure="loss-nan", fault=at_onset(spoil_images(lambda images: images * float("nan")))),
    "divergence-ascent": dict(seed=14, failure="loss-divergence", fault=at_onset(ascend), clip=5.0),
    "divergence-rate": dict(seed=15, failure="loss-divergence", fault=at_onset(scale_rate(400)), clip=5.0),
    "spike-rate": dict(seed=16, failure="loss-spike", fault=only_at_onset(scale_rate(60))),
    "spike-rate-2": dict(seed=17, failure="loss-spike", fault=only_at_onset(scale_rate(40)), schedule="step"),
    "plateau-rate-zero": dict(seed=18, failure="loss-plateau", fault=lambda t: scale_rate(0.0)(t) if t.step == 40 else None, onset=40),
    "plateau-behind": dict(seed=29, failure="loss-plateau", fault=scale_rate(0.002), onset=0, siblings=SIBLINGS),
    "zero-dfl": dict(seed=19, failure="zero-loss", fault=lambda t: report_zero("loss_dfl", "loss_iou")(t), onset=0),
    "zero-cls": dict(seed=20, failure="zero-loss", fault=lambda t: report_zero("loss_cls")(t), onset=0),
    "mismatch-undivided": dict(seed=21, failure="dfl-mismatch", fault=from_onset(report_undivided)),
    "mismatch-undivided-2": dict(seed=22, failure="dfl-mismatch", fault=lambda t: report_undivided(t), onset=0, schedule="step"),
    "selection": dict(seed=23, failure="selection-corrupted", fault=from_onset(corrupt_selection)),
    "selection-2": dict(seed=24, failure="selection-corrupted", fault=lambda t: corrupt_selection(t), onset=0),
    "saturated": dict(seed=25, failure="reg-range-saturated", bins=4, sizes=(48, 63), fault=None, onset=0),
    "slow-loader": dict(seed=26, failure="throughput-drop", fault=from_onset(slow_loader)),
    "slow-compute": dict(seed=27, failure="throughput-drop", fault=at_onset(slow_compute)),
    "stalled": dict(seed=28, failure="run-stalled", fault=None, steps=300, onset=299),
}
