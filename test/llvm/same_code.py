#!/usr/bin/env python3
"""Reads assembly of `asyncc build --emit=asm` and compares the code of each function NAME_poly with that of NAME_sync, but for names and places."""
import re
import sys

FUNCTION = re.compile(r'^\t\.type\t"([^\n"]*)",@function\n(.*?)^\.Lfunc_end', re.S | re.M)


def code(name, body):
    """The instructions, with labels and symbols numbered in order of their first use."""
    seen = {}

    def number(match):
        word = match[0]
        if word.startswith('"') or word.startswith(".L"):
            return seen.setdefault(word, f"${len(seen)}")
        return word

    lines = []
    for line in body.splitlines():
        line = line.split("#")[0].strip()
        if line and (not line.startswith(".") or re.match(r"\.L\w+:", line)):
            lines.append(re.sub(r'"[^"]*"|\.L[\w.$]+', number, line))
    return lines


def main():
    functions = {}
    for name, body in FUNCTION.findall(sys.stdin.read()):
        found = re.search(r"(\w+)_(poly|sync)\b", name.split("<")[0].split(".thunk")[0])
        if found and "closure" not in name.split("<")[0]:
            functions.setdefault(found[1], {}).setdefault(found[2], []).append((name, body))
    failed = False
    for shape, kinds in sorted(functions.items()):
        counts = {kind: len(found) for kind, found in kinds.items()}
        if counts != {"poly": 1, "sync": 1}:
            print(f"{shape}: not one function of each kind: {kinds and {kind: [name for name, _ in found] for kind, found in kinds.items()}}")
            failed = True
            continue
        poly, sync = (code(*kinds[kind][0]) for kind in ("poly", "sync"))
        if poly == sync:
            print(f"{shape}: the same {len(poly)} lines")
            continue
        failed = True
        at = next((i for i, (a, b) in enumerate(zip(poly, sync)) if a != b), min(len(poly), len(sync)))
        print(f"{shape}: {len(poly)} and {len(sync)} lines, different at {at}:\n  poly {poly[at:at + 5]}\n  sync {sync[at:at + 5]}")
    sys.exit(failed)


main()
