#!/usr/bin/env python3
"""Runs the suites on a build folder and closes with `N passed, N failed`. Usage: run.py BUILD [--lit-only] [PATH...]

Suites: unit tests (GoogleTest, each unit_* program), lit tests below test/, the acceptance programs named in test/cases.txt (where
../shared/cases is there), a small part of the fuzzing, the programs in the documentation, and tidy. PATH limits the run to the lit tests below it or to
unit programs of that name. What is left out is told, and does not count; what should be there and is not has failed.
"""
import argparse
import json
import os
import pathlib
import re
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


def fail(text):
    print(f"FAIL {text}")
    count(0, 1)


def unit_tests(build, wanted):
    programs = [p for p in sorted((build / "test" / "unit").glob("unit_*")) if os.access(p, os.X_OK) and not p.is_dir()]
    for name in set(wanted) - {program.name for program in programs}:
        fail(f"{name}: it is not built")
    for program in programs:
        if wanted and program.name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "report.json"
            done = call([program, "--gtest_brief=1", f"--gtest_output=json:{report}"], 600, stdout=subprocess.PIPE, text=True)
            try:
                data = json.loads(report.read_text())
            except (OSError, ValueError):
                data = None
            if done is None or data is None:
                fail(f"{program.name}: ended without a report" + (f" (status {done.returncode})" if done else ""))
                continue
            if data["failures"] or data.get("errors", 0) or done.returncode:
                print(done.stdout[-4000:])
            for suite in data["testsuites"]:
                for test in suite["testsuite"]:
                    name = f"{program.name}:{suite['name']}.{test['name']}"
                    if test["result"] == "SKIPPED":
                        print(f"left out: {name}: {test['skipped'][0]['message'].strip()}")
                    elif test["status"] == "RUN":
                        judge(name, not test.get("failures"))


def lit_tests(build, wanted):
    paths = wanted or [str(ROOT / "test")]
    if not (build / "tools" / "asyncc" / "asyncc").exists():
        return fail("lit: there is no compiler in the build folder")
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        call([sys.executable, LIT, "-q", "-o", report, "--param", f"build={build}", *paths], 3000)
        try:
            tests = json.loads(report.read_text())["tests"]
        except (OSError, ValueError):
            return fail("lit: ended without a report")
    for test in tests:
        name = test["name"].partition(" :: ")[2]
        if test["code"] == "UNSUPPORTED":
            print(f"left out for want of a tool: {name}")
        else:
            if test["code"] != "PASS" and name not in EXPECTED:
                print(test["output"][-3000:])
            judge(name, test["code"] == "PASS")


# A script whose last line is `N passed, N failed`.
def counted(name, command, limit):
    done = call([sys.executable, *command], limit, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines() if done else []
    found = re.fullmatch(r"(\d+) passed, (\d+) failed", lines[-1]) if lines else None
    if not found:
        return fail(f"{name}: ended without a count")
    for line in lines[:-1]:
        print(line)
    count(int(found[1]), int(found[2]))


def programs(build):
    check = ROOT.parent / "shared" / "cases" / "check"
    if not check.exists():
        print(f"left out: the acceptance programs: there is no {check}")
        return
    names = [line.strip() for line in (ROOT / "test" / "cases.txt").read_text().splitlines() if line.strip() and not line.startswith("#")]
    counted("acceptance programs", [check, build / "tools" / "asyncc" / "asyncc", *names], 1800)


# A small part of `tools/dev fuzz`, the same at each run. A kind of fuzzing is one test.
def fuzz(build):
    for name, words in [("in process", ["--inputs", "2000"]), ("by process", ["--process", "--inputs", "200"])]:
        done = call([sys.executable, ROOT / "tools" / "testing" / "fuzz.py", build, *words, "--shrink", "0"], 600, stdout=subprocess.PIPE, text=True)
        if done and done.returncode:
            print(done.stdout)
        judge(f"fuzz {name}", done is not None and done.returncode == 0)


def arguments():
    parser = argparse.ArgumentParser(prog="tools/dev test", description="Runs every suite, or the tests that PATH names.")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a lit test, a folder of them, or the name of a unit program")
    parser.add_argument("--lit-only", action="store_true", help="leave out what is no lit test")
    options = parser.parse_intermixed_args()  # paths may stand behind options
    for path in options.paths:
        if not path.startswith("unit_") and not pathlib.Path(path).exists():
            parser.error(f"there is no {path}")
    return options


def main():
    options = arguments()
    build = (ROOT / options.build).resolve()
    units = [path for path in options.paths if path.startswith("unit_")]
    lit = [path for path in options.paths if not path.startswith("unit_")]
    if not options.lit_only and (units or not lit):
        unit_tests(build, units)
    if lit or not units:
        lit_tests(build, lit)
    if not options.paths and not options.lit_only:
        programs(build)
        fuzz(build)
        tools = ROOT / "tools" / "testing"
        counted("pages", [tools / "pages.py", build], 900)
        counted("the reference", [tools / "doc.py", build], 900)
        counted("tidy", [tools / "tidy.py"], 900)
    if early[True]:
        print("these pass and should leave test/expected-failures.txt: " + " ".join(sorted(early[True])))
    if early[False]:
        print("these do not pass yet: " + " ".join(sorted(early[False])))
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


main()
