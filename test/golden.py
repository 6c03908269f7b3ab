#!/usr/bin/env python3
"""golden.py FILE: standard input, less the path of FILE's folder, must be the generated block at the end of FILE; with BLESS=1 it is written anew."""
import difflib
import os
import sys

HEAD = "// GOLDEN (written by `tools/dev bless`; do not edit)\n"
path = sys.argv[1]
got = "".join(f"// | {line}".rstrip() + "\n" for line in sys.stdin.read().replace(os.path.dirname(os.path.abspath(path)) + "/", "").splitlines())
text = open(path).read()
before, mark, block = text.partition(HEAD)
if block == got and mark:
    sys.exit(0)
if os.environ.get("BLESS"):
    with open(path, "w") as out:
        out.write(before + HEAD + got)
    sys.exit(0)
sys.stdout.writelines(difflib.unified_diff(block.splitlines(True), got.splitlines(True), path, "now"))
sys.exit(1)
