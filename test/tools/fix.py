#!/usr/bin/env python3
"""asyncc check --fix: what it changes, what it leaves, and how the files look afterwards."""
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile

import checks
from checks import check

here = pathlib.Path(tempfile.mkdtemp()).resolve()


def asyncc(*arguments):
    return subprocess.run(["asyncc", *map(str, arguments)], cwd=here, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def fixes(what, before, after, count):
    """`before` becomes `after`, which is accepted."""
    file = here / "a.async"
    file.write_bytes(before.encode())
    done = asyncc("check", "--fix", "a.async")
    said = f"a.async: {count} {'fix' if count == 1 else 'fixes'}\n"
    check(what, file.read_bytes().decode() == after and done.returncode == 0 and done.stdout == said and done.stderr == "", done)
    if file.read_bytes().decode() != after:
        print(file.read_text())
    again = asyncc("check", "--fix", "a.async")
    check(what + ": nothing is left", file.read_bytes().decode() == after and again.stdout == "0 fixes in 0 files\n", again)


def one_each():
    fixes("a value that is thrown away", "fn f(x: i64) -> i64 { x + 1; }\nfn main() { println(\"{f(1)}\"); }\n",
          "fn f(x: i64) -> i64 { x + 1 }\nfn main() { println(\"{f(1)}\"); }\n", 1)
    fixes("Some", "fn f(x: i64) -> Option<i64> { x + 1 }\nfn main() { println(\"{f(1):?}\"); }\n",
          "fn f(x: i64) -> Option<i64> { Some(x + 1) }\nfn main() { println(\"{f(1):?}\"); }\n", 1)
    fixes("Ok", "fn main() -> Result<(), Error> {\n    println(\"a\");\n}\n", "fn main() -> Result<(), Error> {\n    println(\"a\");\n    Ok(())\n}\n", 1)
    fixes("Ok on one line", "fn main() -> Result<(), Error> { println(\"a\"); }\n", "fn main() -> Result<(), Error> { println(\"a\"); Ok(()) }\n", 1)
    fixes("Ok behind a loop", "fn main() -> Result<(), Error> {\n    for i in 0..2 {\n        println(\"{i}\");\n    }\n}\n",
          "fn main() -> Result<(), Error> {\n    for i in 0..2 {\n        println(\"{i}\");\n    }\n    Ok(())\n}\n", 1)
    fixes("Debug", "struct P { x: i64 }\nfn main() {\n    let p = P { x: 1 };\n    println(\"{p}\");\n}\n",
          "struct P { x: i64 }\nfn main() {\n    let p = P { x: 1 };\n    println(\"{p:?}\");\n}\n", 1)
    fixes("await", "async fn g() -> i64 { 3 }\nasync fn main() {\n    let a: i64 = g();\n    println(\"{a}\");\n}\n",
          "async fn g() -> i64 { 3 }\nasync fn main() {\n    let a: i64 = await g();\n    println(\"{a}\");\n}\n", 1)
    fixes("await behind", "async fn g() -> i64 { 3 }\nasync fn main() {\n    let a = g().await;\n    println(\"{a}\");\n}\n",
          "async fn g() -> i64 { 3 }\nasync fn main() {\n    let a = await g();\n    println(\"{a}\");\n}\n", 1)
    fixes("&mut", "fn add(xs: &mut List<i64>) { xs.push(1); }\nfn main() {\n    let xs: List<i64> = [];\n    add(xs);\n}\n",
          "fn add(xs: &mut List<i64>) { xs.push(1); }\nfn main() {\n    let xs: List<i64> = [];\n    add(&mut xs);\n}\n", 1)
    fixes("names", "struct P { width: i64 }\nfn area(p: &P) -> i64 { p.widht }\nfn main() {\n    let count = aera(&P { widht: 2 });\n    println(\"{cuont}\");\n    let xs: Lsit<i64> = [];\n"
          "    println(\"{xs.is_emtpy()}\");\n}\n",
          "struct P { width: i64 }\nfn area(p: &P) -> i64 { p.width }\nfn main() {\n    let count = area(&P { width: 2 });\n    println(\"{count}\");\n    let xs: List<i64> = [];\n"
          "    println(\"{xs.is_empty()}\");\n}\n", 6)
    fixes("a closure of another language", "fn main() {\n    let f = \\x -> x + 1;\n    println(\"{f(1)}\");\n}\n",
          "fn main() {\n    let f = |x| x + 1;\n    println(\"{f(1)}\");\n}\n", 1)
    fixes("what another fix brings out", "fn main() {\n    let mut count = 1;\n    println!(\"{cuont}\");\n}\n",
          "fn main() {\n    let count = 1;\n    println(\"{count}\");\n}\n", 3)


def one_error():
    """What other languages write is one mistake each, with help."""
    for what, text, says in (("a counting for", "fn main() {\n    for (let i = 0; i < 3; i++) { println(\"{i}\"); }\n}\n", "for i in 0..n"),
                             ("a counting for without let", "fn main() {\n    for (i = 0; i < 3; i += 1) { println(\"{i}\"); }\n}\n", "for i in 0..n"),
                             ("a closure with two names", "fn main() {\n    let f = \\x y -> x + y;\n}\n", "a closure is written")):
        (here / "a.async").write_text(text)
        done = asyncc("check", "a.async")
        check(what, done.returncode == 1 and done.stderr.count("error[") == 1 and says in done.stderr, done)


def unsure():
    text = "fn main() {\n    printn(\"a\");\n    let x: i64 = \"a\";\n}\n"
    (here / "a.async").write_text(text)
    done = asyncc("check", "--fix", "a.async")
    check("what is no sure change is reported", (here / "a.async").read_text() == text and done.returncode == 1 and "T0301" in done.stderr, done)
    check("and two names that are as near", "did you mean" in done.stderr and done.stdout == "0 fixes in 0 files\n", done)


def files():
    fixes("ends of lines and a mark of the order of bytes are kept", "\ufefffn f() -> Result<(), Error> {\r\n\tlet mut a = 1;\r\n\tprintln(\"{a}\");\r\n}\r\nfn main() { drop(f()); }\r\n",
          "\ufefffn f() -> Result<(), Error> {\r\n\tlet a = 1;\r\n\tprintln(\"{a}\");\r\n\tOk(())\r\n}\r\nfn main() { drop(f()); }\r\n", 2)
    package = here / "p"
    package.mkdir()
    outside = here / "outside.async"
    outside.write_text("pub fn f() { let mut a = 1; println(\"{a}\"); }\n")
    (package / "far.async").symlink_to(outside)
    (package / "near.async").write_text("pub fn g() { let mut a = 1; println(\"{a}\"); }\n")
    (package / "main.async").write_text("fn main() { let mut a = 1; println(\"{a}\"); near::g(); }\n")
    os.chmod(package / "main.async", 0o640)
    done = asyncc("check", "--fix", "p")
    check("files of a package", "mut" not in (package / "near.async").read_text() + (package / "main.async").read_text(), done)
    check("they are named with their numbers", done.stdout == "p/main.async: 1 fix\np/near.async: 1 fix\n2 fixes in 2 files\n", done)
    check("what lies outside is left", "let mut" in outside.read_text() and (package / "far.async").is_symlink() and done.returncode == 1, done)
    check("rights are kept", stat.S_IMODE((package / "main.async").stat().st_mode) == 0o640)
    check("nothing else is left", sorted(p.name for p in package.iterdir()) == ["far.async", "main.async", "near.async"])
    done = asyncc("check", "--fix", "none.async")
    check("a file that is not there", done.returncode == 1 and done.stderr.startswith("error: cannot read none.async"), done)


one_each()
one_error()
unsure()
files()
shutil.rmtree(here)
checks.end()
