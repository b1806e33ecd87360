"""Sends what a training loop reports to Losswatch. Standard library only, Python 3.7 or newer: copy this file next to your training script.

    import push_metrics as losswatch
    losswatch.start_run("ppyoloe, helmets", device="gpu", config={"num_classes": 4})
    for step, batch in enumerate(loader):
        ...
        losswatch.push(step, loss=loss, loss_dfl=loss_dfl)

Settings: LOSSWATCH_URL (http://127.0.0.1:8787) and LOSSWATCH_TOKEN (a token of role `ingest`), RANK for one of several ranks.
Nothing here raises into the training loop or waits for the network: requests go out from a background thread, at most 10 seconds each;
what does not fit into its queue is dropped, and one line on standard error says so. `python push_metrics.py` runs a small demonstration.
"""
import atexit
import json
import os
import platform
import queue
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
import uuid

TIMEOUT_S = 10
FLUSH_S = 15
POINTS_PER_REQUEST = 500

_pending = queue.Queue(maxsize=10000)
_state = {"run": None, "rank": 0, "step": None, "failed": False, "warned": False}
_previous_excepthook = sys.excepthook


def start_run(name, run_id=None, **facts):
    """Registers the run and returns its id. `facts` are fields of POST /v1/runs: project, framework, device, environment, config, tags,
    world_size. Several ranks join one run by giving the same run_id. From here on an uncaught exception is sent with its traceback."""
    run_id = run_id or uuid.uuid4().hex
    try:
        first_call = _state["run"] is None
        _state.update(run=run_id, rank=int(os.environ.get("RANK", "0")), failed=False)
        environment = {"os": platform.platform(), "python": platform.python_version()}
        environment.update(facts.pop("environment", {}))
        _enqueue("POST", "/v1/runs", dict(facts, id=run_id, name=name, environment=environment))
        if first_call:
            threading.Thread(target=_send_all, name="losswatch", daemon=True).start()
            sys.excepthook = excepthook
            atexit.register(_finish)
    except Exception as error:
        _warn(error)
    return run_id


def push(step, **values):
    """Queues one metric point. Values are numbers or tensors of one element; NaN and infinities are welcome."""
    try:
        _state["step"] = int(step)
        numbers = {name: float(value) for name, value in values.items()}
        point = {"step": int(step), "time": time.time(), "rank": _state["rank"], "values": numbers}
        _enqueue("POINT", None, point)
    except Exception as error:
        _warn(error)


def excepthook(kind, value, trace):
    """Sends the traceback, then does what was done before with an uncaught exception."""
    try:
        _state["failed"] = True
        text = "".join(traceback.format_exception(kind, value, trace))
        _enqueue("POST", _run_path("/traces"), {"text": text, "step": _state["step"], "rank": _state["rank"], "time": time.time()})
        _enqueue("PATCH", _run_path(""), {"status": "failed"})
        flush()
    except Exception as error:
        _warn(error)
    _previous_excepthook(kind, value, trace)


def flush(timeout_s=FLUSH_S):
    """Waits until everything queued was sent, at most `timeout_s` seconds."""
    end = time.monotonic() + timeout_s
    while _pending.unfinished_tasks and time.monotonic() < end:
        time.sleep(0.02)


def _finish():
    if not _state["failed"] and _state["rank"] == 0:
        _enqueue("PATCH", _run_path(""), {"status": "finished"})
    flush()


def _run_path(suffix):
    return "/v1/runs/%s%s" % (_state["run"], suffix)


def _enqueue(method, path, body):
    if _state["run"] is None:
        raise RuntimeError("call start_run() first")
    # Without a value a field is left out: the API takes a missing step, not a null one.
    body = {name: value for name, value in body.items() if value is not None}
    try:
        _pending.put_nowait((method, path, body))
    except queue.Full:
        _warn("the queue is full, points are dropped")


def _send_all():
    while True:
        items = [_pending.get()]
        while items[-1][0] == "POINT" and len(items) < POINTS_PER_REQUEST:
            try:
                items.append(_pending.get_nowait())
            except queue.Empty:
                break
        try:
            points = [body for method, _, body in items if method == "POINT"]
            if points:
                _request("POST", _run_path("/metrics"), {"points": points})
            for method, path, body in items:
                if method != "POINT":
                    _request(method, path, body)
        except Exception as error:
            _warn(error)
        finally:
            for _ in items:
                _pending.task_done()


def _request(method, path, body):
    url = os.environ.get("LOSSWATCH_URL", "http://127.0.0.1:8787").rstrip("/") + path
    headers = {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ.get("LOSSWATCH_TOKEN", "")}
    if method == "POST":
        # The same key on the second try: what arrived already counts once.
        headers["Idempotency-Key"] = uuid.uuid4().hex
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT_S).close()
    except urllib.error.HTTPError as error:
        if error.code != 429 and error.code < 500:
            raise RuntimeError("%s %s answered %d: %s" % (method, path, error.code, error.read(300).decode("utf-8", "replace")))
        _send_again(request)
    except OSError:
        _send_again(request)


def _send_again(request):
    time.sleep(1)
    urllib.request.urlopen(request, timeout=TIMEOUT_S).close()


def _warn(problem):
    if not _state["warned"]:
        _state["warned"] = True
        print("losswatch: %s (said once; training goes on)" % (problem,), file=sys.stderr)


def _demonstrate():
    """Losses that fall, turn into NaN, and end in an exception: open the dashboard afterwards to see the incident."""
    run_id = start_run("demonstration of push_metrics.py", config={"base_lr": 0.01}, tags={"demonstration": True})
    print("run %s" % run_id)
    for step in range(40):
        loss = 2.5 * 0.95 ** step if step < 35 else float("nan")
        push(step, loss=loss, loss_cls=0.4 * loss, loss_iou=0.6 * loss)
    raise FloatingPointError("Loss became infinite or NaN at iteration=35!")


if __name__ == "__main__":
    _demonstrate()
