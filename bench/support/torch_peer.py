"""The PyTorch side of bench/dfl.ts: times DFL formulations on random tensors of a given size, on request, one request a line.

Formulations: `trainer` is what trainers run, two cross entropies (PaddleDetection ppyoloe_head.py, Ultralytics loss.py); `gather` is the
fastest torch formulation known to us, one logsumexp and two gathered logits. Each eager or compiled (torch.compile, static shapes).
None of them counts anything: no bins, clips, offenders or non-finite values.

On CUDA the time is the GPU's own between two events, of ten calls recorded once as a CUDA graph: what launching kernels costs the
processor is left out, as it is on the other side. The first answer also says how fast torch copies within the GPU's memory.

Requests: {"positives": P, "bins": K} makes new tensors; {"variant": name, "seconds": s} answers {"ns": nanoseconds per call}.
"""
import json
import sys
import time
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")


def trainer(logits, target, weight, total):
    left = target.long()
    right = left + 1
    weight_left = right.float() - target
    weight_right = 1 - weight_left
    flat = logits.view(-1, logits.shape[-1])
    loss = (
        F.cross_entropy(flat, left.view(-1), reduction="none").view(left.shape) * weight_left
        + F.cross_entropy(flat, right.view(-1), reduction="none").view(left.shape) * weight_right
    )
    return (loss.mean(-1, keepdim=True) * weight).sum() / total


def gather(logits, target, weight, total):
    flat = logits.view(-1, logits.shape[-1])
    left = target.long().view(-1, 1)
    share = target.view(-1) - left.view(-1)
    at_left = flat.gather(1, left).view(-1)
    at_right = flat.gather(1, left + 1).view(-1)
    loss = torch.logsumexp(flat, 1) - (at_left + share * (at_right - at_left))
    return (loss.view(-1, 4).mean(1) * weight.view(-1)).sum() / total


def main():
    torch.set_num_threads(int(sys.argv[1]))
    device = sys.argv[2] if len(sys.argv) > 2 else "cpu"
    tensors = None
    functions = {}

    def call(variant):
        if variant not in functions:
            function = {"trainer": trainer, "gather": gather}[variant.split("-")[0]]
            functions[variant] = torch.compile(function, dynamic=False) if variant.endswith("compiled") else function
        return functions[variant](*tensors)

    def measure(variant, seconds):
        calls = 0
        start = time.perf_counter()
        while True:
            call(variant)
            calls += 1
            spent = time.perf_counter() - start
            if spent >= seconds:
                return spent / calls * 1e9

    def measure_on_gpu(variant, seconds):
        return gpu_nanoseconds(lambda: call(variant), seconds)

    if device == "cpu":
        answer({"torch": torch.__version__, "device": device})
    else:
        measure = measure_on_gpu
        answer({"torch": torch.__version__, "device": torch.cuda.get_device_name(), "copyGBPerSecond": copy_rate()})
    for line in sys.stdin:
        request = json.loads(line)
        with torch.no_grad():
            if "positives" in request:
                positives, bins = request["positives"], request["bins"]
                torch.compiler.reset()
                functions.clear()
                tensors = (
                    (torch.randn(positives, 4, bins) * 1.5).to(device),
                    (torch.rand(positives, 4) * (bins - 1.01)).to(device),
                    torch.rand(positives, 1).to(device),
                    float(positives),
                )
                answer({})
            else:
                for _ in range(3 if request.get("warm") else 0):
                    call(request["variant"])
                answer({"ns": measure(request["variant"], request["seconds"])})


def gpu_nanoseconds(call, seconds):
    """Median time of a call over replays of a graph of ten calls."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            call()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        for _ in range(10):
            call()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]
        events[0].record()
        graph.replay()
        events[1].record()
        torch.cuda.synchronize()
        times.append(events[0].elapsed_time(events[1]) / 10 * 1e6)
    return sorted(times)[len(times) // 2]


def copy_rate():
    """GB/s, bytes read and written, of copying 256 MiB."""
    source = torch.rand(2**26, device="cuda")
    target = torch.empty_like(source)
    return 2 * source.nbytes / gpu_nanoseconds(lambda: target.copy_(source), 0.1)


def answer(value):
    print(json.dumps(value), flush=True)


main()
