"""Produces the outputs of the corpus anew: python test/corpus/reproduce.py [CASE ...]

Runs each case's command in an empty folder of its own and writes what it printed, unedited, to output.txt beside it. The Python that runs
this file must have the packages of requirements.txt. Cases that mount a small file system or change their user need root on Linux.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parent / "cases"
WORK = pathlib.Path("/tmp/losswatch-corpus")
PATIENCE_S = 120


def produce(case):
    """Runs one case; a command that ends with status 0 has not failed and is an error of the case itself."""
    golden = json.loads((case / "case.json").read_text())
    folder = WORK / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(case / "script.py", folder)
    (folder / "run.sh").write_text(golden["command"] + "\n")
    path = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    with open(case / "output.txt", "wb") as output:
        done = subprocess.run(
            ["bash", "run.sh"],
            cwd=folder,
            env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_S,
            check=False,
        )
    size = (case / "output.txt").stat().st_size
    print(f"{case.name}: status {done.returncode}, {size} bytes", flush=True)


if __name__ == "__main__":
    names = sys.argv[1:] or sorted(case.name for case in CASES.iterdir())
    for name in names:
        produce(CASES / name)
    shutil.rmtree(WORK, ignore_errors=True)
