#!/usr/bin/env python3
"""asyncc explain, completions, --timings and -j."""
import hashlib
import pathlib
import re
import shutil
import subprocess
import tempfile

import checks
from checks import check

ROOT = pathlib.Path(__file__).resolve().parents[2]
here = pathlib.Path(tempfile.mkdtemp()).resolve()


def run(*command, **more):
    return subprocess.run([*map(str, command)], cwd=here, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL, **more)


def asyncc(*arguments):
    return run("asyncc", *arguments)


def explain():
    pages = sorted(p.stem for p in (ROOT / "docs" / "errors").glob("*.md"))
    done = asyncc("explain")
    check("all codes are listed", done.returncode == 0 and sorted(re.findall(r"^  ([A-Z]\d{4}): \S", done.stdout, re.M)) == pages, done)
    check("by chapter", [line for line in done.stdout.splitlines() if line and line[0].isupper()][:2] == ["Syntax", "Names"], done)
    for code in pages:
        done = asyncc("explain", code)
        check(f"explain {code}", done.returncode == 0 and done.stdout.startswith(f"{code}: ") and "```" not in done.stdout and "](" not in done.stdout, done)
    done = asyncc("explain", "t0301")
    check("small letters; programs are set in", done.returncode == 0 and "\nWrong:\n\n    fn main() {\n" in done.stdout and "\nRight:\n\n    fn main() {\n" in done.stdout, done)
    done = asyncc("explain", "T301")
    check("an unknown code", done.returncode == 1 and "no error code `T301`; did you mean `T0301`?" in done.stderr and not done.stdout, done)


def completed(words):
    """What bash offers for the last of the words."""
    script = here / "complete.bash"
    script.write_text(asyncc("completions", "bash").stdout)
    line = " ".join(f"'{word}'" for word in words)
    done = run("bash", "--norc", "-c", f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _asyncc; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    check(f"bash takes the script for {words}", done.returncode == 0 and not done.stderr, done)
    return done.stdout.split()


def completions():
    commands = re.findall(r"^  ([a-z]+) ", asyncc("--help").stdout.split("Subcommands:")[1], re.M)
    check("commands", set(commands) <= set(completed(["asyncc", ""])) and {"build", "explain"} <= set(commands))
    check("a command's beginning", completed(["asyncc", "comp"]) == ["completions"])
    check("values behind =", completed(["asyncc", "check", "--color", "=", "a"]) == ["auto", "always"])
    check("values as a word", completed(["asyncc", "build", "--emit", "ll"]) == ["llvm-ir"])
    check("a place with known words", completed(["asyncc", "completions", ""]) == ["bash", "zsh", "fish"])
    check("files where a file is meant", completed(["asyncc", "check", ""]) == [])
    check("nothing behind --", completed(["asyncc", "run", "a.async", "--", "-"]) == [])
    for command in commands:
        options = set(re.findall(r"(?:^ +|,)(-{1,2}[A-Za-z][a-z-]*)", asyncc(command, "--help").stdout, re.M))
        check(f"all options of {command}", options and options <= set(completed(["asyncc", command, "-"])), asyncc(command, "--help"))
        fish = asyncc("completions", "fish").stdout
        for option in options:
            name = f" -l {option[2:]} " if option.startswith("--") else f" -s {option[1:]} "
            check(f"fish: {command} {option}", any(f"seen_subcommand_from {command}'" in line and name in line for line in fish.splitlines()))
        check(f"zsh: {command}", f"      {command}) _arguments" in asyncc("completions", "zsh").stdout)
    for shell in ("bash", "zsh", "fish"):
        script = here / f"script.{shell}"
        script.write_text(asyncc("completions", shell).stdout)
        if shutil.which(shell):
            check(f"{shell} can read its script", run(shell, "-n", script).returncode == 0)
    check("no such shell", asyncc("completions", "sh").returncode == 2)


def timings():
    program = ROOT / "examples" / "hello.async"
    phases = ["std", "parse", "names", "signatures", "bodies", "loans"]
    lowered = [*phases, "instances", "optimise", "states", "code"]
    for arguments, expected in ((["check"], phases), (["build", "-o", here / "hello"], [*lowered, "link"]), (["run"], lowered)):
        done = asyncc(*arguments, "--timings", program)
        lines = [line.split() for line in done.stderr.splitlines()]
        check(f"phases of {arguments[0]}", done.returncode == 0 and [line[0] for line in lines] == [*expected, "all"], done)
        check(f"times and counts of {arguments[0]}", all(line[2] == "ms" and float(line[1]) >= 0 and (line[0] == "all" or int(line[3]) >= 0) for line in lines), done)


def threads():
    """The same bytes for any number of threads."""
    (here / "wrong.async").write_text("".join(f"fn f{i}() -> i64 {{ x{i} + \"a\" }}\n" for i in range(200)) + "fn main() {}\n")
    for what, arguments in (("a program", ["build", ROOT / "examples" / "json_tool.async", "-o", here / "out"]), ("IR", ["build", ROOT / "examples" / "json_tool.async", "--emit=llvm-ir", "-o", here / "out"]),
                            ("messages", ["check", "wrong.async"])):
        made = set()
        for count in (1, 2, 8):
            done = asyncc(*arguments, f"-j{count}")
            check(f"{what} with -j{count}", done.returncode == (what == "messages"), done)
            bytes_of = (here / "out").read_bytes() if what != "messages" else done.stderr.encode()
            made.add(hashlib.sha256(bytes_of).hexdigest())
        check(f"{what}: the same for -j1, -j2 and -j8", len(made) == 1)


explain()
completions()
timings()
threads()
shutil.rmtree(here)
checks.end()
