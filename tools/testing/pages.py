#!/usr/bin/env python3
"""Checks the pages of the error codes: each code of the .def files has docs/errors/CODE.md, whose `async-fail` program gives that code and whose
`async` program is accepted. Codes in docs/errors/missing.txt have no right page yet: the list only shrinks.
Usage: pages.py BUILD"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
asyncc = pathlib.Path(sys.argv[1]) / "tools" / "asyncc" / "asyncc"
passed = failed = 0
missing = set((ROOT / "docs" / "errors" / "missing.txt").read_text().split())


def say(code, problem):
    global failed
    if code in missing:
        return
    failed += 1
    print(f"FAIL docs/errors/{code}.md: {problem}")


def codes(text, built):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "main.async"
        file.write_text(text)
        # Some mistakes only show when the program is built.
        for command in (["check"], ["build", "-o", f"{folder}/program"]):
            done = subprocess.run([str(asyncc), *command, "--diagnostics=json", str(file)], capture_output=True, text=True, timeout=60)
            if done.returncode or not built:
                break
    return done.returncode, [json.loads(line)["code"] for line in done.stderr.splitlines() if line.startswith("{")]


declared = set()
for definition in (ROOT / "frontend" / "diagnostics").glob("*.def"):
    declared |= set(re.findall(r"ASYNC_DIAG\(\s*([A-Z]\d{4})", definition.read_text()))
for code in sorted(declared):
    page = ROOT / "docs" / "errors" / f"{code}.md"
    if not page.exists():
        say(code, "there is no page")
        continue
    text = page.read_text()
    wrong = re.findall(r"```async-fail\n(.*?)```", text, re.S)
    right = re.findall(r"```async\n(.*?)```", text, re.S)
    if not text.startswith(f"# {code}: ") or not right or not wrong:
        say(code, "it needs a title with its code, a failing program and a mended one")
        continue
    if asyncc.exists():
        bad = [p for p in wrong if code not in codes(p, True)[1]]
        status = [codes(p, False) for p in right]
        if bad:
            say(code, f"a failing program does not give it: {codes(bad[0], True)[1]}")
            continue
        if any(s[0] for s in status):
            say(code, f"a mended program is rejected: {[s[1] for s in status]}")
            continue
    passed += 1
print(f"{passed} passed, {failed} failed")
