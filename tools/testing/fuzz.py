#!/usr/bin/env python3
"""Gives the compiler damaged and wrong inputs (docs/internals/testing.md). Equal
seeds make equal inputs, but for those that go on from what reached new code, in
the build that counts it. What the compiler does not bear is made small, and is
kept in build/fuzz/found with the command that replays it. The last line is
`N passed, N failed`."""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = [p for p in (ROOT / "examples", ROOT / "test", ROOT / "runtime" / "std", ROOT / "benchmarks", ROOT.parent / "shared" / "cases") if p.exists()]
# The targets, with their shares of the seconds and of the inputs: small inputs are many, and a stored std is large.
TARGETS = {"check": (0.5, 1), "typed": (0.3, 0.2), "mir": (0.12, 1), "stored": (0.08, 0.05)}
PROGRAMS = ["check", "typed"]  # the targets whose inputs are programs; by process the first, unless another is named
# Seconds without sanitizers: what a file may take, and for each megabyte more. The machine may be busy.
LIMIT, LIMIT_A_MB, BUSY = 2, 2, 5
GOOD = {0, 1}
# How a damaged program is given to the compiler: mostly checked; the rest goes through everything else that reads programs.
COMMANDS = [["check"]] * 6 + [["check", "--diagnostics=json"], ["build", "--emit=tokens"], ["build", "--emit=ast"], ["build", "--emit=types"], ["build", "--emit=mir"],
                              ["build", "--emit=states"], ["build", "--emit=llvm-ir", "-O0"], ["build", "-O0", "-o", "{out}"]]


def stack(text):
    """The frames of a sanitizer's report that are the compiler's, innermost first."""
    frames = re.findall(r"^ *#\d+ 0x\w+ in (async::\S.*)$", text, re.M)
    return [frame.replace(f"{ROOT}/", "") for frame in frames[:8]]


def smaller(text, fails, seconds):
    """Leaves out lines, then tokens, as long as `fails` says that it still fails."""
    end = time.monotonic() + seconds
    for split in (rb"[^\n]*\n|[^\n]+", rb"\w+|\s+|[^\w\s]"):
        pieces = re.findall(split, text)
        size = max(1, len(pieces) // 2)
        while size and time.monotonic() < end:
            at, left = 0, False
            while at < len(pieces) and time.monotonic() < end:
                rest = pieces[:at] + pieces[at + size:]
                if fails(b"".join(rest)):
                    pieces, left = rest, True
                else:
                    at += size
            if not left or size > 1:
                size //= 2
        text = b"".join(pieces)
    return text


class InProcess:
    """The harness async-fuzz of a build."""

    def __init__(self, build, options):
        self.program = build / "test" / "fuzz" / "async-fuzz"
        self.options = options
        self.out = options.out
        self.seeds = [str(p) for p in SEEDS]

    def call(self, *arguments, symbols=False):
        environment = dict(os.environ)
        if symbols:
            environment |= {"ASAN_OPTIONS": "symbolize=1", "UBSAN_OPTIONS": "print_stacktrace=1:symbolize=1", "ASAN_SYMBOLIZER_PATH": "/usr/lib/llvm-19/bin/llvm-symbolizer"}
        return subprocess.run([str(self.program), *map(str, arguments)], stdout=subprocess.PIPE, text=True, errors="replace", env=environment)

    def run(self, target):
        seeds = [str(self.program.parents[2] / "std.stored")] if target == "stored" else self.seeds
        seconds, inputs = TARGETS[target] if len(self.options.targets) != 1 else (1, 1)
        if self.options.seconds:
            amount = ["--seconds", max(1, round(self.options.seconds * seconds)), "--inputs", 10**12]
        else:
            amount = ["--inputs", max(1, round(self.options.inputs * inputs))]
        before = self.kept()
        done = self.call("run", "--target", target, "--seed", self.options.seed, "--limit", self.options.limit, "--out", self.out, *amount, *seeds)
        print(done.stdout, end="", flush=True)
        if done.returncode not in (0, 1):
            print(f"FAIL fuzz {target}: the harness ended with {done.returncode}")
            return 0, 1
        tried, found = map(int, re.search(r": (\d+) inputs .* (\d+) findings", done.stdout).groups())
        # One that was found in an earlier run is written anew.
        for path, when in sorted(self.kept().items()):
            if before.get(path) != when:
                self.show(path, target)
        return tried - found, found

    def kept(self):
        return {p: p.stat().st_mtime_ns for p in self.out.iterdir() if p.suffix not in (".txt", ".output") and not p.name.startswith(".")}

    def signature(self, path, target, symbols=False):
        text = self.call("replay", "--target", target, "--limit", self.options.limit, "--out", self.out, path, symbols=symbols).stdout
        return text.removeprefix(f"{path}: ").partition("\n")[0], text

    def show(self, path, target):
        wanted, _ = self.signature(path, target)
        trial = path.with_name(".trial" + path.suffix)

        def fails(text):
            trial.write_bytes(text)
            return self.signature(trial, target)[0] == wanted

        if wanted and target != "stored" and self.options.shrink:
            path.write_bytes(smaller(path.read_bytes(), fails, self.options.shrink))
        trial.unlink(missing_ok=True)
        first, text = self.signature(path, target, symbols=True)
        path.with_suffix(".txt").write_text(text)
        print(f"FAIL fuzz {target}: {first[:200]}")
        for frame in stack(text):
            print(f"    {frame}")
        print(f"    replay: {self.program} replay --target {target} {path}", flush=True)


class ByProcess:
    """The compiler as a user starts it."""

    def __init__(self, build, options):
        self.build, self.options, self.out = build, options, options.out
        self.asyncc = build / "tools" / "asyncc" / "asyncc"

    def judge(self, path, command):
        limit = (LIMIT + LIMIT_A_MB * path.stat().st_size / 1e6) * BUSY
        made = self.out / ".made"
        command = [str(self.asyncc), command[0], str(path), *[word.format(out=made) for word in command[1:]]]
        try:
            done = subprocess.run(command, timeout=limit, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return "no end", command
        finally:
            made.unlink(missing_ok=True)
        if done.returncode not in GOOD:
            return f"status {done.returncode}: " + done.stderr.decode(errors="replace")[:300], command
        if done.returncode == 1 and b"error" not in done.stderr:
            return "status 1 without an error", command
        return "", command

    def run(self, target):
        folder = self.out / "damaged"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        harness = self.build / "test" / "fuzz" / "async-fuzz"
        subprocess.run([str(harness), "write", "--target", target, "--inputs", str(self.options.inputs), "--seed", str(self.options.seed),
                        "--out", str(folder), *map(str, SEEDS)], check=True)
        chooser = random.Random(self.options.seed)
        good, seen = 0, set()
        for path in sorted(folder.iterdir()):
            words = chooser.choice(COMMANDS)
            fault, command = self.judge(path, words)
            good += not fault
            if fault and fault not in seen:
                seen.add(fault)
                self.show(path, words, fault, command)
            path.unlink(missing_ok=True)
        return good, self.options.inputs - good

    def show(self, path, words, fault, command):
        kept = self.out / f"process-{path.name}"
        kind = fault[:12]

        def fails(text):
            kept.write_bytes(text)
            return self.judge(kept, words)[0][:12] == kind

        text = path.read_bytes()
        kept.write_bytes(smaller(text, fails, self.options.shrink) if self.options.shrink else text)
        print(f"FAIL fuzz --process: {fault.strip()}\n    replay: {' '.join(command).replace(str(path), str(kept))}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="tools/dev fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="Example: tools/dev fuzz --seconds 600 typed")
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--inputs", type=int, default=20_000, metavar="N", help="of the target check; the others have a share of that")
    parser.add_argument("--seconds", type=int, default=0, metavar="N", help="for all targets together, instead of --inputs")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="what the inputs depend on (1)")
    parser.add_argument("--process", action="store_true", help="damage files and give each to the programs, as a user would")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="seconds of processor time for an input in process")
    parser.add_argument("--shrink", type=int, default=60, metavar="N", help="seconds to make a finding small in; 0: keep it as it is")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "fuzz" / "found", metavar="DIR", help="where findings are kept")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{' '.join(TARGETS)}: all, one after the other; with --process: {' '.join(PROGRAMS)}")
    options = parser.parse_intermixed_args()  # targets may stand behind options
    if unknown := set(options.targets) - set(PROGRAMS if options.process else TARGETS):
        parser.error(f"there is no target {min(unknown)} here")
    options.out.mkdir(parents=True, exist_ok=True)
    fuzzer = (ByProcess if options.process else InProcess)(options.build.resolve(), options)
    passed = failed = 0
    for target in options.targets or (PROGRAMS[:1] if options.process else TARGETS):
        good, bad = fuzzer.run(target)
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
