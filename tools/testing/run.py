#!/usr/bin/env python3
"""Runs the suites on a build folder and closes with `N passed, N failed`. Usage: run.py BUILD [--lit-only] [PATH...]

Suites: unit tests (GoogleTest, each unit_* program), lit tests below test/, the acceptance programs named in test/cases.txt (where
../shared/cases is there), a small part of the fuzzing, the programs in docs/errors, and tidy. PATH limits the run to the lit tests below it or to unit programs of that name.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIT = "/usr/lib/llvm-19/build/utils/lit/lit.py"
# Tests that need not pass yet, by name. They are run, and told apart from the count; the list only shrinks.
EXPECTED = {line.strip() for line in (ROOT / "test" / "expected-failures.txt").read_text().splitlines() if line and not line.startswith("#")}
# Sanitized and simulated runs take a multiple of the time (full.py).
SLOWER = int(os.environ.get("ASYNC_TEST_SLOWER", 1))
passed = failed = 0
early = {True: [], False: []}


def judge(name, good):
    if name in EXPECTED:
        early[good].append(name)
    elif good:
        count(1, 0)
    else:
        print(f"FAIL {name}")
        count(0, 1)


def count(good, bad):
    global passed, failed
    passed += good
    failed += bad


def call(command, limit, **options):
    try:
        return subprocess.run([str(c) for c in command], timeout=limit * SLOWER, **options)
    except subprocess.TimeoutExpired:
        print(f"FAIL {command[0]}: no end within {limit * SLOWER} s")
        return None


def unit_tests(build, wanted):
    for program in sorted((build / "test" / "unit").glob("unit_*")):
        if not os.access(program, os.X_OK) or program.is_dir() or (wanted and program.name not in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "report.json"
            done = call([program, "--gtest_brief=1", f"--gtest_output=json:{report}"], 600, stdout=subprocess.PIPE, text=True)
            try:
                data = json.loads(report.read_text())
            except (OSError, ValueError):
                data = None
            if done is None or data is None:
                print(f"FAIL {program.name}: ended without a report" + (f" (status {done.returncode})" if done else ""))
                count(0, 1)
                continue
            if data["failures"] or data.get("errors", 0) or done.returncode:
                print(done.stdout[-4000:])
            for suite in data["testsuites"]:
                for test in suite["testsuite"]:
                    if test["status"] == "RUN":
                        judge(f"{program.name}:{suite['name']}.{test['name']}", not test.get("failures"))


def lit_tests(build, wanted):
    paths = [p for p in wanted if pathlib.Path(p).exists()] if wanted else [str(ROOT / "test")]
    if not paths or not (build / "tools" / "asyncc" / "asyncc").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        call([sys.executable, LIT, "-q", "-o", report, "--param", f"build={build}", *paths], 3000)
        try:
            tests = json.loads(report.read_text())["tests"]
        except (OSError, ValueError):
            print("FAIL lit: ended without a report")
            count(0, 1)
            return
    for test in tests:
        name = test["name"].partition(" :: ")[2]
        if test["code"] == "UNSUPPORTED":
            print(f"left out for want of a tool: {name}")
        else:
            if test["code"] != "PASS" and name not in EXPECTED:
                print(test["output"][-3000:])
            judge(name, test["code"] == "PASS")


def programs(build):
    check = ROOT.parent / "shared" / "cases" / "check"
    asyncc = build / "tools" / "asyncc" / "asyncc"
    names = [line.strip() for line in (ROOT / "test" / "cases.txt").read_text().splitlines() if line.strip() and not line.startswith("#")]
    if not check.exists() or not asyncc.exists() or not names:
        return
    done = call([sys.executable, check, asyncc, *names], 1800, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines() if done else ["0 passed, 1 failed"]
    print("\n".join(line for line in lines if line.startswith("FAIL")), end="")
    good, bad = lines[-1].split(", ")
    count(int(good.split()[0]), int(bad.split()[0]))


def script(name, *arguments):
    done = call([sys.executable, ROOT / "tools" / "testing" / name, *arguments], 900, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines() if done else ["0 passed, 1 failed"]
    for line in lines[:-1]:
        print(line)
    good, bad = lines[-1].split(", ")
    count(int(good.split()[0]), int(bad.split()[0]))


# A small part of `tools/dev fuzz`, the same at each run. A kind of fuzzing is one test.
def fuzz(build):
    if not (build / "test" / "fuzz" / "async-fuzz").exists():
        return
    for name, words in [("in process", ["--inputs", "2000"]), ("by process", ["--process", "--inputs", "200"])]:
        done = call([sys.executable, ROOT / "tools" / "testing" / "fuzz.py", build, *words, "--shrink", "0"], 600, stdout=subprocess.PIPE, text=True)
        if done and done.returncode:
            print(done.stdout)
        judge(f"fuzz {name}", done is not None and done.returncode == 0)


def main():
    build = (ROOT / sys.argv[1]).resolve()
    lit_only = "--lit-only" in sys.argv
    wanted = [a for a in sys.argv[2:] if a != "--lit-only"]
    if not lit_only:
        unit_tests(build, [w for w in wanted if w.startswith("unit_")])
    if not wanted or any(not w.startswith("unit_") for w in wanted):
        lit_tests(build, [w for w in wanted if not w.startswith("unit_")])
    if not wanted and not lit_only:
        programs(build)
        fuzz(build)
        script("pages.py", str(build))
        script("tidy.py")
    if early[True]:
        print("these pass and should leave test/expected-failures.txt: " + " ".join(sorted(early[True])))
    if early[False]:
        print("these do not pass yet: " + " ".join(sorted(early[False])))
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


main()
