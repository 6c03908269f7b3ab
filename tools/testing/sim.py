#!/usr/bin/env python3
"""sim.py ASYNCC FILE [--seeds N] [--first SEED] [-- ARG…]: runs a program in the simulated world under N seeds (20), each twice, and tells the seeds that
fail, whose two runs differ, or that print otherwise than the first. Prints the command that replays each. Leaves with 1 if a seed fails or repeats badly."""
import argparse
import shlex
import subprocess
import sys
import tempfile

LIMIT = 60  # seconds a run


def run(program, arguments, seed):
    try:
        done = subprocess.run([program, *arguments], env={"ASYNC_SIM": str(seed)}, capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return f"no end within {LIMIT} s", b"", b""
    return done.returncode, done.stdout, done.stderr


def main():
    parser = argparse.ArgumentParser(prog="tools/dev sim", description="Runs a program under many seeds of the simulated world.",
                                     epilog="Example: tools/dev sim examples/tour.async --seeds 100")
    parser.add_argument("asyncc", help=argparse.SUPPRESS)
    parser.add_argument("file", help="an .async file or a folder")
    parser.add_argument("arguments", nargs="*", help="what the program is given, behind --")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many seeds (20)")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first of them (1)")
    options = parser.parse_intermixed_args()  # arguments may stand behind options
    failing = unsteady = other = 0
    replay = shlex.join(["asyncc", "run", options.file, *(["--", *options.arguments] if options.arguments else [])])
    with tempfile.TemporaryDirectory() as folder:
        program = folder + "/program"
        if subprocess.run([options.asyncc, "build", options.file, "-o", program]).returncode:
            return 1
        usual = None
        for seed in range(options.first, options.first + options.seeds):
            once, again = run(program, options.arguments, seed), run(program, options.arguments, seed)
            usual = usual or once
            if once != again:
                unsteady += 1
                what = "differs from itself"
            elif once[0] != 0:
                failing += 1
                what = f"ends with {once[0]}"
            elif once[1] != usual[1]:
                other += 1
                what = f"prints otherwise than seed {options.first}"
            else:
                continue
            print(f"seed {seed} {what}; replay: ASYNC_SIM={seed} {replay}")
    good = options.seeds - failing - unsteady - other
    print(f"{options.seeds} seeds: {good} alike, {other} print otherwise, {failing} fail, {unsteady} do not repeat")
    return 1 if failing or unsteady else 0


sys.exit(main())
