#!/usr/bin/env python3
"""asyncc test and asyncc bench as a user meets them: what runs, what is said, statuses; a test that hangs or crashes ends alone; nothing is left behind."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import checks
from checks import check

here = pathlib.Path(tempfile.mkdtemp()).resolve()
temporary = here / "tmp"
temporary.mkdir()

TESTS = """use std::time::sleep;

fn double(x: i64) -> i64 { x * 2 }

fn main() { println("main"); }

test "doubles" { println("quiet"); assert_eq(double(2), 4); }

test "differs" {
    println("before");
    assert_eq(double(2), 5);
}

test "waits in a scope" {
    let sum = scope { let a = spawn sleep(1ms); await a catch { _ => panic("stopped") }; 3 };
    assert_eq(sum, 3);
}

test "gives an error" {
    let n = "x".parse<i64>()?;
    println("{n}");
}

test "ends with a value" {
    let n = "1".parse<i64>()?;
    assert_eq(n, 1);
    Ok(())
}

test "ends with an if" {
    let n = "1".parse<i64>()?;
    if n == 2 { return Err(Error::custom("two")); }
    if n == 1 { println("one"); }
}

test "a\\n\\u{1b}[31mname" {}

fn around() {
    test "in a function" { assert(double(1) == 2); }
}
"""

ISOLATED = """use std::time::sleep;
fn deep(n: i64) -> i64 { if n == 0 { 0 } else { 1 + deep(n + 1) } }
test "hangs" { println("began"); await sleep(1h); }
test "spins" { let n = 0; loop { n = n +% 1; } }
test "overflows the stack" { println("{deep(1)}"); }
test "exits" { std::process::exit(7); }
test "is good" {}
"""

BENCHES = """use std::bench::{Bencher, black_box};
use std::core::wait::yield_now;

fn fib(n: i64) -> i64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }

#[bench]
fn fib_15() -> i64 { fib(black_box(15)) }

#[bench]
fn awaits() { await yield_now(); }

#[bench]
fn a_future() -> Async<i64> { async { await yield_now(); 5 } }

#[bench]
fn own_loop(b: &mut Bencher) {
    let list = [3, 1, 2];
    while b.keep_running() {
        await yield_now();
        black_box(list.len());
    }
}
"""


def asyncc(*arguments, cwd=here, **environment):
    return subprocess.run(["asyncc", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, "TMPDIR": str(temporary), **environment})


def write(name, text):
    path = here / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def shown(text):
    return re.sub(r"\(\d+ ms\)", "(N ms)", text)


def plain():
    write("a.async", TESTS)
    done = asyncc("test", "a.async", "-j", "4")
    check("what is said", done.returncode == 1 and not done.stderr and shown(done.stdout) == """ok    doubles (N ms)
FAIL  differs (N ms) at a.async:9
      before
      panicked at a.async:11:5: assertion failed: 4 is not equal to 5
ok    waits in a scope (N ms)
FAIL  gives an error (N ms) at a.async:19
      Error: the text is not a number
        at gives an error (a.async:20:29)
ok    ends with a value (N ms)
ok    ends with an if (N ms)
ok    a  [31mname (N ms)
ok    in a function (N ms)
6 passed, 2 failed
""", done)
    one = asyncc("test", "a.async", "-j1")
    check("the same for another -j", shown(one.stdout) == shown(done.stdout), one)
    done = asyncc("test", "ends with", "a.async", "doubles")
    check("filters", done.returncode == 0 and done.stdout.endswith("\n3 passed, 0 failed\n") and done.stdout.count("ok ") == 3, done)
    done = asyncc("test", "--filter", "a.async", "a.async")
    check("a filter that names a file", done.returncode == 0 and done.stdout == "0 passed, 0 failed\n", done)
    done = asyncc("test", "--json", "a.async")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    check("json", done.returncode == 1 and len(lines) == 8 and all(set(line) >= {"name", "file", "line", "status", "ms", "output"} for line in lines), done)
    check("json of one that passed", lines and {k: v for k, v in lines[0].items() if k != "ms"} == {
        "name": "doubles", "file": "a.async", "line": 7, "status": "passed", "output": "quiet\n"}, done)
    check("json of one that failed", len(lines) > 1 and lines[1]["status"] == "failed" and lines[1]["reason"] == "it panicked" and "4 is not equal to 5" in lines[1]["output"], done)
    done = asyncc("test", "a.async", ASYNC_SIM="3")
    check("simulated", shown(done.stdout) == shown(one.stdout), done)
    for level in "123":
        done = asyncc("test", "a.async", "-O" + level, "-g")
        check(f"-O{level}", shown(done.stdout) == shown(one.stdout), done)
    done = asyncc("run", "a.async")
    check("run does not run tests", done.returncode == 0 and done.stdout == "main\n", done)


def isolated():
    write("i.async", ISOLATED)
    began = time.monotonic()
    done = asyncc("test", "i.async", "--timeout", "0.5")
    lines = shown(done.stdout).splitlines()
    check("hangs, crashes and exits end alone", done.returncode == 1 and lines[-1] == "1 passed, 4 failed" and "ok    is good (N ms)" in lines, done)
    check("what a test that hangs has written", "      began" in lines and lines.count("      it did not end within 0.5 s") == 2, done)
    check("the status is said", "      it ended with status 7" in lines and "      stack overflow" in done.stdout, done)
    check("the limit holds", time.monotonic() - began < 60)
    done = asyncc("test", "waits", "d.async")
    check("a missing file", done.returncode == 1 and "cannot read d.async" in done.stderr and done.stdout == "0 passed, 0 failed\n", done)


def packages():
    write("pkg/main.async", 'use util::half;\nfn main() { println("{half(4)}"); }\ntest "of main" { assert_eq(half(2), 1); }\n')
    write("pkg/util.async", 'pub fn half(x: i64) -> i64 { x / 2 }\nfn hidden() -> i64 { 1 }\ntest "of util" { assert_eq(hidden(), half(2)); }\n')
    done = asyncc("test", cwd=here / "pkg")
    check("this folder", done.returncode == 0 and shown(done.stdout) == "ok    of main (N ms)\nok    of util (N ms)\n2 passed, 0 failed\n", done)
    write("lone.async", 'test "needs no main" {}\n')
    done = asyncc("test", "pkg", "lone.async")
    check("several inputs", done.returncode == 0 and done.stdout.endswith("\n3 passed, 0 failed\n"), done)


def mistakes():
    write("wrong.async", 'fn main() { println("runs"); }\ntest "is wrong" { let x: i64 = true; }\n')
    for command in ["check", "test"]:
        done = asyncc(command, "wrong.async")
        check(f"{command} reports a mistake in a test", done.returncode == 1 and "error[T0301]" in done.stderr, done)
    done = asyncc("run", "wrong.async")
    check("run leaves tests out", done.returncode == 0 and done.stdout == "runs\n", done)
    write("question.async", 'test "of what" { let f = || "1".parse<i64>()?; let n: Option<i64> = f().ok(); Some(1)?; }\n')
    done = asyncc("test", "question.async")
    check("a wrong `?`", done.returncode == 1 and "error[" in done.stderr and done.stdout == "0 passed, 0 failed\n", done)
    for arguments in [["test", "--timeout", "0"], ["test", "-j", "x"], ["test", "--nonsense"], ["bench", "--time", "-1"]]:
        done = asyncc(*arguments)
        check(f"wrong use: {arguments}", done.returncode == 2, done)
    for command in ["test", "bench"]:
        done = asyncc(command, "--help")
        check(f"help of {command} fits a screen", done.returncode == 0 and len(done.stdout.splitlines()) <= 24 and "Example: " in done.stdout, done)


def benches():
    write("b.async", BENCHES)
    done = asyncc("bench", "--time", "0.01", "b.async")
    line = r"  +[\d.]+ (n|u|m)s/op  ± +[\d.]+ %   \d+ × \d+\n"
    check("what bench says", done.returncode == 0 and re.fullmatch("fib_15  " + line + "awaits  " + line + "a_future" + line + "own_loop" + line + "4 measured, 0 failed\n", done.stdout), done)
    done = asyncc("bench", "fib", "--json", "--time", "0.01", "b.async")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    check("json of bench", done.returncode == 0 and len(lines) == 1 and lines[0]["unit"] == "ns/op" and lines[0]["min"] <= lines[0]["median"] <= lines[0]["max"] and
          len(lines[0]["runs"]) >= 5 and lines[0]["name"] == "fib_15" and lines[0]["line"] == 7, done)
    # A Fibonacci number of 15 takes more than 1,000 calls: less than 100 ns would mean that it was computed beforehand.
    check("the work was done", lines and lines[0]["median"] > 100, done)
    write("bad.async", 'use std::bench::Bencher;\n#[bench]\nfn no_loop(b: &mut Bencher) { println("hm"); }\n#[bench]\nfn panics() { panic("no"); }\n')
    done = asyncc("bench", "bad.async", "--time", "0.01")
    check("benches that fail", done.returncode == 1 and done.stdout == """FAIL  no_loop at bad.async:3
      hm
      it measured nothing: its loop, `while b.keep_running() { … }`, did not come to its end
FAIL  panics at bad.async:5
      panicked at bad.async:5:15: no
0 measured, 2 failed
""", done)
    done = asyncc("bench", "b.async", ASYNC_SIM="1")
    check("a virtual clock measures nothing", done.returncode == 2 and "ASYNC_SIM" in done.stderr, done)


def interrupted():
    write("long.async", 'use std::time::sleep;\ntest "long" { println("x"); await sleep(1h); }\n')
    running = subprocess.Popen(["asyncc", "test", "long.async"], cwd=here, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(temporary)})
    until = time.monotonic() + 60
    children = []
    while time.monotonic() < until and not children:
        time.sleep(0.05)
        children = pathlib.Path(f"/proc/{running.pid}/task").exists() and [
            child for task in pathlib.Path(f"/proc/{running.pid}/task").iterdir() for child in (task / "children").read_text().split()]
    running.send_signal(signal.SIGTERM)
    running.wait(60)
    check("an interrupt ends the tests", children and running.returncode == -signal.SIGTERM)
    for child in children or []:
        while pathlib.Path(f"/proc/{child}/exe").exists() and time.monotonic() < until:
            time.sleep(0.05)
        check("no test goes on", not pathlib.Path(f"/proc/{child}").exists() or "Z" in pathlib.Path(f"/proc/{child}/stat").read_text())
    check("no file is left", not list(temporary.iterdir()))


plain()
isolated()
packages()
mistakes()
benches()
interrupted()
shutil.rmtree(here)
checks.end()
