#!/usr/bin/env python3
"""What no person writes is refused with one diagnostic in the user's words, or compiles: bytes, sizes, nests, files that are none, and Ctrl-C."""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

MANY = 100_000
MEMORY_KB = 4 << 20  # of one compilation
here = pathlib.Path(tempfile.mkdtemp()).resolve()
bad = 0
LEVELS = ["(", "[", "{", "-", "!", "&", "*", "await ", "async { ", "|x| ", "if a { ", "f(", "a = ", "loop { ", "scope { ", "return ", "(a, ", "[a; ",
          "for x in a { ", "select { _ = ", "unsafe { ", "a as fn() -> ", "List<i64>::new(", "move |x| ", "stream { ", "Some(", "P { x: ", "spawn ", "&mut ", "a.f(", "a[",
          "a..(", "match a { _ => ", "select { else => "]
ITEMS = {"generics": "fn f(x: " + "L<" * MANY + "i64" + ">" * MANY + ") { }", "references": "fn f(x: " + "&" * MANY + "i64) { }", "tuples": "fn f(x: " + "(" * MANY + ") { }",
         "arrays": "fn f(x: " + "[" * MANY + ") { }", "functions": "fn f(x: " + "fn(" * MANY + ") { }", "options": "fn f(x: i64" + "?" * MANY + ") { }",
         "use": "use " + "a::{" * MANY, "patterns": "fn main() { let " + "(" * MANY + "a }", "tuple patterns": "fn main() { match 1 { " + "Some(" * MANY}


def judge(what, good, done):
    global bad
    if not good:
        bad += 1
        print(f"WRONG: {what}\nstatus {done.returncode}\n{done.stdout[:1000]}{done.stderr[:2000]}")


def asyncc(*arguments):
    return subprocess.run(["asyncc", *map(str, arguments)], cwd=here, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)


def codes(done):
    return [json.loads(line)["code"] for line in done.stderr.splitlines() if line.startswith("{")]


def gives(what, text, *wanted):
    """The program is checked with exactly these errors; with none it is accepted."""
    (here / "x.async").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = asyncc("check", "--diagnostics=json", "x.async")
    judge(what, done.returncode == (1 if wanted else 0) and codes(done) == list(wanted), done)


def bytes_of_all_kinds():
    gives("an empty file", "")
    gives("a byte order mark alone", b"\xef\xbb\xbf")
    gives("NUL", b"fn main() { }\0\0\0", "P0003")
    gives("only NUL", b"\0" * 1000, "P0003")
    gives("a byte that is no UTF-8", b"fn main() { }\xff", "P0002")
    gives("UTF-16", "fn main() { }".encode("utf-16"), "P0002")
    gives("half a character", "fn main() { \"".encode() + b"\xc3\" }", "P0002")
    gives("a surrogate", b"// \xed\xa0\x80\n", "P0002")
    gives("a long form of a character", b"// \xc0\xaf\n", "P0002")
    gives("a bidirectional control", "// \u202e\nfn main() { }", "P0003")
    gives("a program of another kind", b"\x02ELF\x01\x01\0\0\xb8\x13)", "P0003")


def sizes():
    long = "a" * 10_000_000
    gives("a string of 10 MB", f"fn main() {{ let x = \"{long}\"; drop(x); }}")
    gives("a comment of 10 MB", f"// {long}\nfn main() {{ }}")
    gives("a line of 10 MB of blanks", "fn main() {" + " " * 10_000_000 + "}")
    gives("a number of 1 MB", "fn main() { let x = " + "9" * 1_000_000 + "; drop(x); }", "P0022")
    gives("lines", "\n" * 100_000 + "fn main() { }")


def nests():
    for level in LEVELS:
        gives(f"{level} in {level}", "fn main() { " + level * MANY + "a }", "P0010")
    for name, text in ITEMS.items():
        gives(f"{name} in {name}", text, "P0010")
    (here / "x.async").write_text("fn main() { " + "\u201c " * MANY + "}")
    done = asyncc("check", "--diagnostics=json", "x.async")
    judge("quotes that are not closed", done.returncode == 1 and codes(done) == ["P0004"] * 100, done)
    gives("comments in comments", "/*" * MANY + "*/" * MANY + "fn main() { }")
    gives("comments that are not closed", "/*" * MANY, "P0006")


def chains():
    """What is long and not deep is accepted, in memory that goes with its length."""
    step = "copy struct X { a: i64 }\nimpl X { fn f(self) -> X { self }\n fn g(self) -> Option<X> { Some(self) } }\n"
    option = "fn f(a: i64) -> Option<i64> { Some(a) }\n"
    count = MANY // 4
    programs = {
        "operators": "fn main() { let x = 1" + " + 1" * MANY + "; drop(x); }",
        "texts": 'fn main() { let a = "x"; let x = a' + " + a" * count + "; drop(x); }",
        "methods": step + "fn main() { let x = X { a: 1 }" + ".f()" * MANY + "; drop(x); }",
        "questions": step + "fn g(x: X) -> Option<X> { Some(x" + ".g()?" * count + ") }\nfn main() { drop(g(X { a: 1 })); }",
        "statements with `?`": option + "fn g() -> Option<i64> {\n let x = 0;\n" + " x = f(x)?;\n" * count + " Some(x)\n}\nfn main() { drop(g()); }",
        "awaits": "async fn f(a: i64) -> i64 { await std::task::yield_now(); a }\nasync fn main() {\n let x = 0;\n" + " x = await f(x);\n" * 10_000 + " drop(x);\n}",
        "loops": "fn main() {\n let x = 0;\n" + " for i in 0..3 { x += i; }\n" * 10_000 + " drop(x);\n}",
        "else if": "fn f(a: i64) -> i64 { if a < 0 { 1 }" + "".join(f" else if a == {i} {{ {i} }}" for i in range(MANY)) + " else { 3 } }\nfn main() { drop(f(7)); }",
        "interpolations": 'fn main() { let a = 1; let s = "' + "{a}x" * count + '"; drop(s); }',
        "elements": "fn main() { let l = [" + "1, " * MANY + "]; drop(l); }",
        "locals that are dropped": "fn main() {\n" + "".join(f' let x{i} = "{{{i}}}";\n' for i in range(count)) + " drop(x7);\n}",
        "arms": "fn f(a: i64) -> i64 { match a { " + "".join(f"{i} => {i + 1}, " for i in range(10_000)) + "_ => 0 } }\nfn main() { drop(f(7)); }",
        "arms behind a reference": "enum E { " + "".join(f"A{i}, " for i in range(10_000)) + "}\nfn f(e: &E) -> i64 { match e { "
                                   + "".join(f"E::A{i} => {i}, " for i in range(10_000)) + "} }\nfn main() { drop(f(&E::A7)); }",
        "arms of texts": "fn f(e: &str) -> i64 { match e { " + "".join(f'"A{i}" => {i}, ' for i in range(10_000)) + '_ => 3 } }\nfn main() { drop(f(&"A7")); }',
        "functions": "".join(f"fn f{i}(a: i64) -> i64 {{ a + {i} }}\n" for i in range(MANY)) + "fn main() { drop(f7(7)); }",
        "impls of one trait": "trait T { fn t(&self) -> i64; }\n"
                              + "".join(f"struct S{i} {{ a: i64 }}\nimpl T for S{i} {{ fn t(&self) -> i64 {{ self.a }} }}\nfn g{i}() -> i64 {{ S{i} {{ a: 7 }}.t() }}\n"
                                        for i in range(count)) + "fn main() { drop(g7()); }",
        "traits with one method": "".join(f"trait T{i} {{ fn t(&self) -> i64; }}\nstruct S{i} {{ a: i64 }}\nimpl T{i} for S{i} {{ fn t(&self) -> i64 {{ self.a }} }}\n"
                                          f"fn g{i}() -> i64 {{ S{i} {{ a: 7 }}.t() }}\n" for i in range(count)) + "fn main() { drop(g7()); }",
    }
    for name, text in programs.items():
        gives(f"a chain of {name}", text)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    judge("memory", most < MEMORY_KB, subprocess.CompletedProcess([], most, "", ""))


def files_that_are_none():
    (here / "empty").mkdir(exist_ok=True)
    (here / "folder.async").mkdir(exist_ok=True)
    os.mkfifo(here / "pipe.async")
    for name, says in {"missing.async": "No such file", "empty": "a package is a folder with a main.async", "folder.async": "a package is a folder with a main.async",
                       "x.async/y": "Not a directory", "n" * 300: "File name too long", "": "No such file"}.items():
        for command in (["check"], ["build"], ["run"], ["build", "--emit=ast"]):
            done = asyncc(*command, name)
            judge(f"{command} {name[:20]}", done.returncode == 1 and done.stderr.startswith("error: cannot read") and says in done.stderr, done)


def interrupted():
    """However far it is, nothing stays behind; it ends by the signal, or was done before it came."""
    (here / "x.async").write_text("fn main() { println(\"{1}\"); }")
    folder = here / "outputs"
    folder.mkdir()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for part in range(8):
            process = subprocess.Popen(["asyncc", "build", "../x.async", "-o", "x"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(part * 0.03)
            process.send_signal(number)
            process.stdout, process.stderr = "", process.communicate(timeout=120)[1]
            left = sorted(p.name for p in folder.iterdir())
            judge(f"{number.name} at {part}", left in ([], ["x"]) and process.returncode in (-number, 0), process)
            for path in folder.iterdir():
                path.unlink()


for part in (bytes_of_all_kinds, sizes, nests, chains, files_that_are_none, interrupted):
    part()
shutil.rmtree(here)
sys.exit(1 if bad else 0)
