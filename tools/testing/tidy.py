#!/usr/bin/env python3
"""The style rules that matter, as a test: layers, file lengths, C++ in std, left-over marks, dead links. `--fix` formats the C++ files instead."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_LINES = 800
# Who may include whom (docs: architecture). A folder may also include itself and all that those before it may.
LAYERS = ["frontend/source", "frontend/diagnostics", "frontend/syntax", "frontend/resolve", "typeck/types", "typeck/infer", "typeck/mir",
          "typeck/lifetimes", "typeck/snapshot", "lowering/mono", "lowering/opt", "lowering/states", "lowering/llvm", "lowering/link", "tools"]
RUNTIME = ["runtime/abi", "runtime/sync", "runtime/core", "runtime/sim", "runtime/trace"]
# The destructor of Program needs the whole type of the bodies that it owns; the header is free of code.
# The start of the runtime chooses between the real world and the simulated one.
ALLOWED = {("typeck/types/Program.cpp", "typeck/mir/Mir.h"), ("runtime/core/Start.cpp", "runtime/sim/Simulated.h")}
# C++ that does the work of std, and the functions of the runtime that std calls. Both only shrink: what goes into std is written in the language.
STD_CPP = [f"runtime/core/{name}" for name in ("Io.cpp", "Net.cpp", "Net.h", "Numbers.cpp", "Owned.cpp", "Random.cpp", "System.cpp", "System.h")]
STD_CPP_LINES = 818
STD_CPP_FUNCTIONS = 70
MARKS = re.compile(r"\b(FIXME|XXX|HACK)\b|\bTODO\b(?!: \w)")
files = [ROOT / line for line in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()]
files = [f for f in files if f.exists()]
sources = [f for f in files if f.suffix in (".cpp", ".h", ".async", ".g4", ".def", ".py")]
problems, checks = [], 0


def layer(path):
    return next((l for l in LAYERS + RUNTIME if path.startswith(l + "/")), None)


if "--fix" in sys.argv:
    subprocess.run(["clang-format-19", "-i", *[str(f) for f in files if f.suffix in (".cpp", ".h")]], check=True)
    sys.exit(0)

for file in sources:
    name = str(file.relative_to(ROOT))
    text = file.read_text(errors="replace")
    checks += 1
    lines = text.count("\n")
    if lines > MOST_LINES:
        problems.append(f"{name}: {lines} lines; split it before {MOST_LINES}")
    if name != "tools/testing/tidy.py" and MARKS.search(text):
        problems.append(f"{name}: a left-over mark: {MARKS.search(text).group(0)}")
    here = layer(name)
    if here is None:
        continue
    for included in re.findall(r'#include "([^"]+)"', text):
        there = layer(included)
        if there is None or there == here or (name, included) in ALLOWED:
            continue
        if here in RUNTIME:
            wrong = there not in RUNTIME[: RUNTIME.index(here)]
        elif there in RUNTIME:
            wrong = there != "runtime/abi" or not here.startswith("lowering/")
        else:
            wrong = LAYERS.index(there) > LAYERS.index(here)
        if wrong:
            problems.append(f"{name}: includes {included}, which stands later in the layers")
    if file.suffix in (".cpp", ".h") and "#include <llvm/" in text and here not in ("lowering/llvm", "lowering/link"):
        problems.append(f"{name}: includes LLVM outside lowering/llvm and lowering/link")
    if "antlr4-runtime" in text and file.suffix in (".cpp", ".h") and here != "frontend/syntax":
        problems.append(f"{name}: includes ANTLR outside frontend/syntax")

std = "\n".join(f.read_text() for f in sources if str(f.relative_to(ROOT)).startswith("runtime/std/"))
counts = [("lines of C++ do the work of std", "STD_CPP_LINES", STD_CPP_LINES, sum((ROOT / name).read_text().count("\n") for name in STD_CPP if (ROOT / name).exists())),
          ("functions of the runtime are called by std", "STD_CPP_FUNCTIONS", STD_CPP_FUNCTIONS, len(set(re.findall(r"^    (?:pub )?(?:unsafe )?fn (async_\w+)", std, re.M))))]
for what, name, most, now in counts:
    checks += 1
    if now > most:
        problems.append(f"{now} {what}, {most} before: write it in the language")
    elif now < most:
        problems.append(f"{now} {what}, {most} before: make {name} smaller")

for page in [f for f in files if f.suffix == ".md"]:
    checks += 1
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target and not (page.parent / target).exists():
            problems.append(f"{page.relative_to(ROOT)}: a link to {target}, which is not there")

for problem in problems:
    print(f"FAIL tidy: {problem}")
print(f"{checks - min(checks, len(problems))} passed, {len(problems)} failed")
