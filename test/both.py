#!/usr/bin/env python3
"""both.py FILE [--exit=N] [--workers=LIST]: the program must print its `// OUT:` lines natively and in the JIT, with one and with two workers, and
leave with status N, with no live frame, task, timer or descriptor at the end."""
import os
import subprocess
import sys
import tempfile

path = sys.argv[1]
options = dict(a[2:].split("=", 1) for a in sys.argv[2:])
status = int(options.get("exit", 0))
expected = "".join(line[8:] if line.startswith("// OUT: ") else "\n" for line in open(path) if line.startswith("// OUT:"))
bad = False


def run(label, command, workers):
    global bad
    environment = {**os.environ, "ASYNC_WORKERS": workers, "ASYNC_CHECK_LEAKS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=20)
    if done.returncode != status or done.stdout != expected:
        bad = True
        print(f"{label}, {workers} workers: exit {done.returncode}, not {status}\n--- printed\n{done.stdout}--- expected\n{expected}--- errors\n{done.stderr}")


with tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "program")
    for level in options.get("levels", "0,2").split(","):
        built = subprocess.run(["asyncc", "build", path, f"-O{level}", "-o", program], capture_output=True, text=True, timeout=120)
        if built.returncode:
            print(f"build -O{level}: exit {built.returncode}\n{built.stderr}")
            sys.exit(1)
        for workers in options.get("workers", "1,2").split(","):
            run(f"native -O{level}", [program], workers)
    for workers in options.get("workers", "1,2").split(","):
        run("run", ["asyncc", "run", path], workers)
sys.exit(bad)
