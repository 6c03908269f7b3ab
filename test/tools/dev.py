#!/usr/bin/env python3
"""The scripts that people and CI start: help and options before anything is built, and counts that say what happened. What they build and run is stood in for."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import checks
from checks import check

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ["setup", "build", "install", "package", "run", "test", "fuzz", "sim", "bless", "bench", "tidy", "clean"]
REAL = ["bash", "env", "grep", "sed", "awk", "cat", "dirname", "tr", "python3"]
HARNESS = """#!/bin/sh
case "$1" in
run) echo "a crash" > {out}/check-crash-0.async; echo "check: 5 inputs of 1 files and 0 more in 0 s, 1 findings"; exit 1 ;;
replay) echo "x: crash"; exit 1 ;;
esac
"""


def call(command, **environment):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env={**os.environ, **environment})


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def help_and_options(folder):
    """Where nothing can be built."""
    for name in REAL:
        (folder / name).symlink_to(sys.executable if name == "python3" else shutil.which(name))

    def dev(*words):
        return call([shutil.which("bash"), ROOT / "tools" / "dev", *words], PATH=str(folder))

    for command in COMMANDS:
        for word in ("--help", "-h"):
            done = dev(command, word)
            lines = done.stdout.splitlines()
            check(f"{command} {word}", done.returncode == 0 and command in done.stdout and not done.stderr and max(map(len, lines)) <= 80, done)
        done = dev(command, "--no-such-option")
        check(f"{command} with an unknown option", done.returncode == 2 and "--no-such-option" in done.stderr and not done.stdout, done)
    done = dev("--help")
    check("help fits a screen", done.returncode == 0 and all(f"\n  {command} " in done.stdout for command in COMMANDS) and done.stdout.count("\n") <= 30, done)
    check("an unknown command", dev("frob").returncode == 2, done)


def words_behind_options(folder):
    done = call([sys.executable, ROOT / "tools/testing/bench.py", "nowhere", "--repeats", "1", "frob"])
    check("bench takes a name behind an option", done.returncode == 2 and "there is no workload frob" in done.stderr, done)
    executable(folder / "asyncc", '#!/bin/sh\nprintf \'#!/bin/sh\\nexit $1\\n\' > "$4"; chmod +x "$4"\n')
    done = call([sys.executable, ROOT / "tools/testing/sim.py", folder / "asyncc", "a.async", "--seeds", "1", "--", "7"])
    check("sim gives a program its arguments", done.returncode == 1 and "ends with 7; replay: ASYNC_SIM=1 asyncc run a.async -- 7\n" in done.stdout, done)


def tests_that_are_not_there(folder):
    run = [sys.executable, ROOT / "tools/testing/run.py", folder]
    executable(folder / "test/unit/unit_a", """#!/bin/sh
echo '{"failures": 0, "testsuites": [{"name": "A", "testsuite": [{"name": "One", "status": "RUN", "result": "COMPLETED"},
  {"name": "Two", "status": "RUN", "result": "SKIPPED", "skipped": [{"message": "no corpus"}]}]}]}' > "${2#*json:}"
""")
    done = call([*run, "unit_a"])
    check("a skipped test is told and not counted", done.stdout == "left out: unit_a:A.Two: no corpus\n1 passed, 0 failed\n" and done.returncode == 0, done)
    done = call([*run, "unit_a", "unit_b"])
    check("a program that is not built", "FAIL unit_b: it is not built\n" in done.stdout and done.stdout.endswith("1 passed, 1 failed\n"), done)
    done = call([*run, ROOT / "test/run"])
    check("no compiler", done.stdout.endswith("0 passed, 1 failed\n"), done)
    done = call([*run, "unit_a", "no/such/path"])
    check("a path that is not there", done.returncode == 2 and "no/such/path" in done.stderr, done)


def known_findings(folder):
    """What an earlier run has found and kept is found again."""
    out = folder / "out"
    executable(folder / "build/test/fuzz/async-fuzz", HARNESS.format(out=out))
    for again in ("first", "again"):
        done = call([sys.executable, ROOT / "tools/testing/fuzz.py", folder / "build", "--inputs", "5", "--shrink", "0", "--out", out, "check"])
        check(f"a finding, {again}", done.returncode == 1 and done.stdout.endswith("4 passed, 1 failed\n") and "FAIL fuzz check" in done.stdout, done)


def changed_meanwhile(folder):
    """A stage is remembered for the files that it ran on."""
    (folder / "tools/testing").mkdir(parents=True)
    shutil.copy(ROOT / "tools/testing/full.py", folder / "tools/testing")
    (folder / ".gitignore").write_text("build\n")
    (folder / "tools/testing/run.py").write_text("import os\nif os.path.exists('build/change'): open('new', 'a').write('x')\nprint('1 passed, 0 failed')\n")
    executable(folder / "tools/dev", "#!/bin/sh\n")
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / "build").mkdir()
    full = [sys.executable, folder / "tools/testing/full.py", "test"]
    record = folder / "build/full.json"
    call(full)
    before = record.read_text()
    check("a stage that passed is remembered", '"test": 1' in before, call(full))
    (folder / "build/change").touch()
    done = call([*full, "workers"])
    check("nothing is remembered when files change", done.returncode == 0 and record.read_text() == before, done)


for part in (help_and_options, words_behind_options, tests_that_are_not_there, known_findings, changed_meanwhile):
    with tempfile.TemporaryDirectory() as name:
        part(pathlib.Path(name).resolve())
checks.end()
