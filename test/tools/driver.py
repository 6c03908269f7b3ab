#!/usr/bin/env python3
"""The command line of asyncc as a user meets it: where outputs go, odd names and folders, exit statuses, help; wrong use of the other tools."""
import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import threading

import checks
from checks import check

PROGRAM = 'use std::env;\nfn main() {\n    for word in env::args().unwrap_or([]) { print("<{word}>"); }\n    print("done\\n");\n}\n'
PANICS = 'fn main() { panic("on purpose"); }\n'
LONG = "n" * 300
here = pathlib.Path(tempfile.mkdtemp()).resolve()


def asyncc(*arguments, cwd=here, **environment):
    return subprocess.run(["asyncc", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def write(name, text=PROGRAM):
    path = here / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def builds(what, arguments, program, cwd=here):
    done = asyncc("build", *arguments, cwd=cwd)
    ran = subprocess.run([program, "1"], capture_output=True, text=True, timeout=60) if done.returncode == 0 and program.is_file() else None
    check(what, ran and ran.stdout.endswith("<1>done\n") and not done.stderr, done)
    program.unlink(missing_ok=True)


def refuses(what, arguments, says, status=1, cwd=here):
    before = sorted(p.name for p in here.rglob("*"))
    done = asyncc(*arguments, cwd=cwd)
    check(what, done.returncode == status and says in done.stderr and ".tmp" not in done.stderr, done)
    check(what + ": nothing is left", sorted(p.name for p in here.rglob("*")) == before)


def places():
    write("a.async")
    write("pkg/main.async")
    write("sp ace ü/ma in ü.async")
    builds("beside where it is called", ["a.async"], here / "a")
    if checks.wrong:
        return  # nothing builds
    builds("an absolute path, from another folder", [here / "a.async"], here / "pkg" / "a", cwd=here / "pkg")
    builds("a path with ..", ["../a.async", "-o", "../pkg/x"], here / "pkg" / "x", cwd=here / "pkg")
    builds("a folder", ["pkg"], here / "pkg" / "pkg")
    builds("a folder with a slash", ["pkg/"], here / "pkg" / "pkg")
    builds("this folder", ["."], here / "pkg" / "pkg", cwd=here / "pkg")
    builds("a folder from elsewhere", ["../pkg"], here / "sp ace ü" / "pkg", cwd=here / "sp ace ü")
    builds("-o names a folder", ["a.async", "-o", "pkg"], here / "pkg" / "a")
    builds("-o names a folder with a slash", ["a.async", "-o", "pkg/"], here / "pkg" / "a")
    builds("spaces and letters", ["sp ace ü/ma in ü.async"], here / "ma in ü")
    write("plain")
    builds("a source without an ending", ["plain"], here / "plain.out")
    name = "n" * 245
    write(name + ".async")
    builds("the longest name", [name + ".async"], here / name)
    (here / "link.async").symlink_to("a.async")
    builds("a link to a source", ["link.async"], here / "link")


def outputs():
    (here / "out").symlink_to("pkg/real")
    (here / "pkg" / "real").write_text("old")
    done = asyncc("build", "a.async", "-o", "out")
    check("a link as output is kept", done.returncode == 0 and (here / "out").is_symlink() and (here / "pkg" / "real").stat().st_size > 1000, done)
    check("rights follow the umask", stat.S_IMODE((here / "pkg" / "real").stat().st_mode) & 0o111, done)
    for arguments in (["build", "a.async", "-o", "pipe"], ["build", "a.async", "--emit=asm", "-o", "pipe"]):
        os.mkfifo(here / "pipe")
        got = []
        reader = threading.Thread(target=lambda: got.append((here / "pipe").read_bytes()), daemon=True)
        reader.start()
        done = asyncc(*arguments)
        reader.join(10)
        check(f"{arguments}: a pipe is written to, not replaced", stat.S_ISFIFO((here / "pipe").stat().st_mode) and got and len(got[0]) > 1000, done)
        (here / "pipe").unlink()
    refuses("a folder that is not there", ["build", "a.async", "-o", "nowhere/x"], "error: cannot write nowhere/x: No such file or directory\n")
    refuses("where nothing can be written", ["build", here / "a.async"], "error: cannot write a: No such file or directory\n", cwd="/proc")
    refuses("a full device", ["build", "a.async", "-o", "/dev/full"], "error: cannot write /dev/full: No space left on device\n")
    refuses("a dump to a full device", ["build", "a.async", "--emit=asm", "-o", "/dev/full"], "error: cannot write /dev/full: No space left on device\n")
    refuses("the source itself", ["build", "a.async", "-o", "a.async"], "error: the program would replace its source a.async\n")
    check("the source is whole", (here / "a.async").read_text() == PROGRAM)
    done = asyncc("run", here / "a.async", cwd="/proc")
    check("run needs no place to write", done.returncode == 0 and done.stdout.endswith("done\n"), done)


def full_disk():
    """Only root may mount a small disk."""
    (here / "small").mkdir()
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48k", "none", here / "small"], capture_output=True).returncode:
        return
    try:
        refuses("a program on a full disk", ["build", "a.async", "-g", "-o", "small/x"], "error: cannot write small/x: No space left on device\n")
        refuses("a dump on a full disk", ["build", "a.async", "--emit=llvm-ir", "-O0", "-o", "small/x"], "error: cannot write small/x: No space left on device\n")
    finally:
        subprocess.run(["umount", here / "small"], check=True)


def statuses():
    refuses("a missing source", ["check", "none.async"], "error: cannot read none.async: No such file or directory\n")
    refuses("a name that is too long", ["check", LONG + ".async"], "File name too long")
    for arguments in ([], ["frob"], ["build"], ["build", "a.async", "-O9"], ["build", "a.async", "--emit=x"], ["check", "a.async", "--color=x"],
                      ["build", "a.async", "--emit=mir", "--after=x"], ["build", "a.async", "--emit=mir", "--after=states"],
                      ["build", "a.async", "--emit=dot", "--after=mono"], ["build", "a.async", "--emit=types", "--after=build"],
                      ["build", "a.async", "--after=build"], ["check", "a.async", "pkg"]):
        refuses(f"usage {arguments}", arguments, "", status=2)
    for command in (["async-opt"], ["async-opt", "a.mir", "--frob"], ["async-opt", "none.mir"], ["async-fuzz"], ["async-fuzz", "run", "--frob"],
                    ["async-fuzz", "replay", "--out", here / "found", "--target", "mir", "none.mir"]):
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=120)
        check(f"usage {command}", done.returncode == 2 and done.stderr, done)
    done = asyncc("run", "a.async", "--", "-x", "--help", "")
    check("arguments of the program", done.returncode == 0 and done.stdout.endswith("<-x><--help><>done\n"), done)
    write("long.async", f"fn {LONG}() -> i64 {{ 1 }}\nfn main() {{ print(\"{{{LONG}()}}\\n\"); }}\n")
    done = asyncc("run", "long.async")
    check("names of 300 characters", done.returncode == 0 and done.stdout == "1\n", done)
    write("panics.async", PANICS)
    done = asyncc("run", "panics.async")
    check("run gives the program's status", done.returncode == 101, done)


def help_fits():
    for command in ([], ["build"], ["run"], ["check"]):
        done = asyncc(*command, "--help")
        lines = done.stdout.splitlines()
        check(f"help of {command} fits a screen", done.returncode == 0 and len(lines) <= 24 and max(map(len, lines)) <= 80, done)
        check(f"help of {command} has an example", any(line.startswith("Example: asyncc ") for line in lines), done)


def diagnostics():
    write("e.async", 'fn main() {\n\tlet é = "😀" + 1;\n}\n')
    done = asyncc("check", "e.async", "--diagnostics=json")
    first = json.loads(done.stderr.splitlines()[0])
    fields = {"severity", "code", "message", "file", "line", "column", "end_line", "end_column", "labels", "notes", "fixes"}
    check("fields of a diagnostic", fields <= set(first) and first["line"] == 2 and done.returncode == 1 and done.stdout == "", done)
    check("columns in bytes, and in UTF-16 beside them", first["column"] == first["column_utf16"] + 3, done)
    plain, always = asyncc("check", "e.async"), asyncc("check", "e.async", "--color=always")
    check("color only where it is asked for", "\033[" not in plain.stderr and "\033[" in always.stderr, always)
    check("never means never", "\033[" not in asyncc("check", "e.async", "--color=never").stderr)


def same_bytes():
    write("one/p.async", PANICS)
    write("two/deeper/p.async", PANICS)
    for path in ("one/p.async", "two/deeper/p.async"):
        asyncc("build", here / path, "-o", path + ".out")
    check("the same bytes wherever it lies", (here / "one/p.async.out").read_bytes() == (here / "two/deeper/p.async.out").read_bytes())


for part in (places, outputs, full_disk, statuses, help_fits, diagnostics, same_bytes):
    if not checks.wrong:
        part()
shutil.rmtree(here)
checks.end()
