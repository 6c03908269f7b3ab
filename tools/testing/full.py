#!/usr/bin/env python3
"""full.py [--list] [STAGE,…]: the long matrix, `tools/dev test --full`. One line a stage; the last line is `N passed, N failed`.

A stage that passed is not run again for the same files (build/full.json remembers): what was interrupted goes on where it stopped. Nothing is remembered
of a run in which files changed. Naming stages runs these anyway; runs of different stages may go on at once. ASYNC_FULL_FUZZ_SECONDS and ASYNC_FULL_FUZZ_INPUTS shorten the fuzzing, ASYNC_FULL_SEEDS is the number of seeds of `sim`.
"""
import filecmp
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORD = ROOT / "build" / "full.json"
LAST = re.compile(r"^(\d+) passed, (\d+) failed$")
FUZZ_SECONDS = int(os.environ.get("ASYNC_FULL_FUZZ_SECONDS", 1800))
FUZZ_INPUTS = int(os.environ.get("ASYNC_FULL_FUZZ_INPUTS", 2000))
SEEDS = int(os.environ.get("ASYNC_FULL_SEEDS", 8))
log = None


class Failed(Exception):
    pass


def call(*command, limit, cwd=ROOT, **environment):
    """What the command wrote to standard output; everything goes to the log. It and its children end at the limit."""
    log.write(f"\n$ {' '.join(map(str, command))} {environment or ''}\n")
    log.flush()
    child = subprocess.Popen([str(c) for c in command], cwd=cwd, env={**os.environ, **environment}, text=True, errors="replace",
                             stdout=subprocess.PIPE, stderr=log, start_new_session=True)
    try:
        text, _ = child.communicate(timeout=limit)
    except BaseException as why:  # also Ctrl-C, which a session of its own does not get
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if isinstance(why, subprocess.TimeoutExpired):
            raise Failed(f"no end within {limit} s") from None
        raise
    log.write(text)
    return text, child.returncode


def suite(*command, limit=3600, cwd=ROOT, **environment):
    text, status = call(*command, limit=limit, cwd=cwd, **environment)
    found = LAST.match((text.strip().splitlines() or [""])[-1])
    if not found:
        raise Failed(f"ended with status {status} and no count")
    return int(found[1]), int(found[2])


def step(*command, limit, cwd=ROOT, **environment):
    text, status = call(*command, limit=limit, cwd=cwd, **environment)
    if status:
        raise Failed(f"{' '.join(map(str, command[:3]))}: status {status}")
    return text


def build(preset, *targets):
    step("tools/dev", "build", *targets, limit=3600, ASYNC_PRESET=preset)
    return ROOT / "build" / preset


def run_suite(preset, *paths, **environment):
    return suite(sys.executable, "tools/testing/run.py", build(preset), *paths, **environment)


PROGRAMS = ["--lit-only", "test/run", "test/examples"]


def plain():
    return run_suite("release")


def workers():
    return run_suite("release", *PROGRAMS, ASYNC_TEST_WORKERS="1,2,8", ASYNC_TEST_LEVELS="2", ASYNC_TEST_SLOWER="3")


def sim():
    return run_suite("release", *PROGRAMS, ASYNC_TEST_SEEDS=",".join(str(seed) for seed in range(1, SEEDS + 1)), ASYNC_TEST_LEVELS="2")


def levels():
    return run_suite("release", *PROGRAMS, ASYNC_TEST_WORKERS="2", ASYNC_TEST_LEVELS="0,1,2,3", ASYNC_TEST_FLAGS="-g")


def debug():
    return run_suite("debug", ASYNC_TEST_SLOWER="3")


def asan():
    """Compiler, runtime and programs; the programs are linked with the runtime of this build."""
    return run_suite("asan", ASYNC_TEST_SLOWER="10", limit=7200)


def tsan():
    """The tests with real threads. The models are single-threaded searches, which take minutes here and could show nothing."""
    build("tsan", "unit_rt")
    return suite(sys.executable, "tools/testing/run.py", ROOT / "build" / "tsan", "unit_rt", limit=3600, ASYNC_TEST_SLOWER="5", GTEST_FILTER="-*Model.*")


def fuzz():
    counts = [suite("tools/dev", "fuzz", "--seconds", FUZZ_SECONDS, limit=FUZZ_SECONDS + 2400),
              suite("tools/dev", "fuzz", "--process", "--inputs", FUZZ_INPUTS, limit=FUZZ_INPUTS * 2 + 600)]
    return sum(c[0] for c in counts), sum(c[1] for c in counts)


def clone():
    """What is committed builds and passes by itself, at another path."""
    with tempfile.TemporaryDirectory() as folder:
        there = pathlib.Path(folder) / "clone"
        step("git", "clone", "-q", ROOT, there, limit=300)
        return suite("tools/dev", "test", cwd=there, limit=7200)


def reproducible():
    """The same bytes at another path and time, from another folder, and by either way to name the file."""
    compiler = build("release") / "tools" / "asyncc" / "asyncc"
    good = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        first, second = pathlib.Path(folder) / "a", pathlib.Path(folder) / "b" / "longer name"
        for there in (first, second):
            shutil.copytree(ROOT / "examples", there)
        sources = sorted(path.relative_to(first) for path in first.rglob("*.async"))
        programs = [s for s in sources if re.search(r"^(async )?fn main\b", (first / s).read_text(), re.M)]
        for flags in ([], ["-O0", "-g"]):
            for source in programs:
                step(compiler, "build", source, *flags, "-o", first / "out", cwd=first, limit=120)
                time.sleep(0.01)
                step(compiler, "build", source, *flags, "-o", second / "out", cwd=second, limit=120, SOURCE_DATE_EPOCH="1")
                same = filecmp.cmp(first / "out", second / "out", shallow=False)
                good, bad = good + same, bad + (not same)
                if not same:
                    log.write(f"not reproducible: {source} {flags}\n")
    return good, bad


STAGES = {"test": plain, "workers": workers, "sim": sim, "levels": levels, "debug": debug, "asan": asan, "tsan": tsan, "fuzz": fuzz, "clone": clone,
          "reproducible": reproducible}


def files_hash():
    """Of everything that is tracked or new, as it lies there."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    digest = hashlib.sha256()
    for name in sorted(names):
        path = ROOT / name
        digest.update(name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()


def remembered(files):
    try:
        record = json.loads(RECORD.read_text())
    except (OSError, ValueError):
        return {}
    return record["stages"] if record.get("files") == files else {}


def main():
    global log
    if "--list" in sys.argv:
        print(" ".join(STAGES))
        return 0
    named = [name for argument in sys.argv[1:] for name in argument.split(",") if name]
    for name in named:
        if name not in STAGES:
            print(f"test --full: there is no stage {name}; there are {' '.join(STAGES)}", file=sys.stderr)
            return 2
    files = files_hash()
    done = remembered(files)
    passed = failed = 0
    RECORD.parent.mkdir(exist_ok=True)
    with open(ROOT / "build" / f"full{'-' + '-'.join(named) if named else ''}.log", "w") as log:
        for name in named or STAGES:
            start, why = time.monotonic(), ""
            try:
                good, bad = (done[name], 0) if not named and name in done else STAGES[name]()
            except (Failed, OSError) as problem:
                good, bad, why = 0, 1, f": {problem}"
            passed, failed = passed + good, failed + bad
            again = " (before)" if not named and name in done else ""
            print(f"{name:13} {good} passed, {bad} failed in {time.monotonic() - start:.0f} s{why}{again}", flush=True)
            if not bad and good and files == files_hash():
                done = remembered(files) | {name: good}  # another run may have added stages
                RECORD.write_text(json.dumps({"files": files, "stages": done}))
    if failed:
        print(f"what was said stands in {pathlib.Path(log.name).relative_to(ROOT)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
