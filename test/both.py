#!/usr/bin/env python3
"""both.py FILE [--exit=N] [--workers=LIST] [--levels=LIST] [--program=PROGRAM] [-- ARG…]: the program, FILE itself or PROGRAM with arguments ARG, must
print the `// OUT:` lines of FILE natively at levels 0 and 2 and in the JIT, with one and with two workers, and leave with status N, with no live frame,
task, timer or descriptor at the end.

`tools/dev test --full` runs the same programs otherwise, by environment variables: ASYNC_TEST_WORKERS and ASYNC_TEST_LEVELS instead of the defaults,
ASYNC_TEST_FLAGS for more flags of the compiler, ASYNC_TEST_SEEDS for the seeds under which the program is simulated, twice each, instead of run,
ASYNC_TEST_SLOWER as a factor of the time limits."""
import os
import subprocess
import sys
import tempfile

path = sys.argv[1]
end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
options = dict(a[2:].split("=", 1) for a in sys.argv[2:end])
if unknown := set(options) - {"exit", "workers", "levels", "program"}:
    sys.exit(f"both.py: there is no option {min(unknown)}")
source, arguments = options.get("program", path), sys.argv[end + 1 :]
status = int(options.get("exit", 0))
expected = "".join(line[8:] if line.startswith("// OUT: ") else "\n" for line in open(path) if line.startswith("// OUT:"))
bad = False
slower = int(os.environ.get("ASYNC_TEST_SLOWER", 1))
flags = os.environ.get("ASYNC_TEST_FLAGS", "").split()
seeds = os.environ.get("ASYNC_TEST_SEEDS", "").split(",")
workers = options.get("workers", os.environ.get("ASYNC_TEST_WORKERS", "1,2")).split(",")
levels = options.get("levels", os.environ.get("ASYNC_TEST_LEVELS", "0,2")).split(",")
if seeds != [""]:
    # A simulated program has one worker. Its clock does not wait for the network, which is the machine's.
    text = open(source).read() if os.path.isfile(source) else "std::net"
    settings = [] if "std::net" in text else [{"ASYNC_SIM": seed} for seed in seeds for _ in range(2)]
else:
    settings = [{"ASYNC_WORKERS": count} for count in workers]


def run(label, command, setting):
    global bad
    environment = {**os.environ, **setting, "ASYNC_CHECK_LEAKS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=20 * slower)
    if done.returncode != status or done.stdout != expected:
        bad = True
        print(f"{label}, {setting}: exit {done.returncode}, not {status}\n--- printed\n{done.stdout}--- expected\n{expected}--- errors\n{done.stderr}")


with tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "program")
    for level in levels if settings else []:
        command = ["asyncc", "build", source, f"-O{level}", *flags, "-o", program]
        built = subprocess.run(command, capture_output=True, text=True, timeout=120 * slower)
        if built.returncode:
            print(f"build -O{level}: exit {built.returncode}\n{built.stderr}")
            sys.exit(1)
        for setting in settings:
            run(f"native -O{level}", [program, *arguments], setting)
    # The JIT compiles anew at each run: one seed, twice, shows that it has the same world.
    for setting in settings[:2] if seeds != [""] else settings:
        run("run", ["asyncc", "run", source, "--", *arguments], setting)
sys.exit(bad)
