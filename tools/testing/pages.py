#!/usr/bin/env python3
"""Checks the programs in the documentation with the compiler of BUILD. Usage: pages.py BUILD [PAGE…]; with BLESS=1 what is shown is written anew.

docs/errors: each code of the .def files has a test that names it, and a page CODE.md with programs that give that code and no other, and mended ones that
are accepted. Its blocks:
  async-fail        a program that gives the code, checked and, if it is accepted, built; with `bytes`, <FF> stands for that byte; with `--…`, so called
  mir-fail, mir     the same of MIR text, which async-opt reads, for what no program can show
  std-fail          the one file of a standard library that gives the code when it is stored
  async             a program that is accepted; with FILE, a module for the programs that follow

README.md and docs/guide: what follows a program is what it shows. Their blocks:
  async [FILE]      a program, accepted without a warning; written to FILE (main.async) in a folder of the page's own; `output` or `console` follows.
                    FOLDER/main.async is that of a package; a file without `main` is a module, for a program that follows
  output            what it prints when it is run, with no live frame, task, timer or descriptor at its end; with `exit=N` it ends with that status
  async-fail [FILE] a program that is rejected
  error             the messages that it gives
  console           commands (`$ …`), run in the page's folder, and what they print; a time, as in `(20 ms)`, is always 1 ms
  c FILE            written to FILE, for commands that compile it
  sh, text          not checked
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
ASYNCC = BUILD / "tools" / "asyncc" / "asyncc"
BLESS = bool(os.environ.get("BLESS"))
SANITIZED = any(path.stat().st_size for path in (BUILD / "runtime").glob("libasync_rt.a.needs"))
BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.S | re.M)
LIMIT = 60


def run(command, folder, **environment):
    plain = {k: v for k, v in os.environ.items() if not k.startswith("ASYNC_")}
    plain |= {"NO_COLOR": "1", "PATH": f"{ASYNCC.parent}{os.pathsep}{BUILD / 'tools' / 'async-opt'}{os.pathsep}{os.environ['PATH']}", **environment}
    return subprocess.run(command, cwd=folder, env=plain, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)


def codes_in(texts):
    return {code for text in texts for code in re.findall(r"\b[A-Z]\d{4}\b", text)}


def codes(done):
    return codes_in([done.stderr.decode(errors="replace"), done.stdout.decode(errors="replace")])


TESTED = codes_in(path.read_text(errors="replace") for path in (ROOT / "test").rglob("*") if path.is_file())


class ErrorPage:
    """A page of docs/errors; `problems` is empty if it is right."""

    def __init__(self, path, folder):
        self.code, self.folder, self.problems, self.place = path.stem, folder, [], "main.async"
        if not path.exists():
            self.problems.append("there is no page")
            return
        if self.code not in TESTED:
            self.problems.append("no test below test/ names this code")
        text = path.read_text()
        blocks = [(info.split(), body) for info, body in BLOCK.findall(text)]
        kinds = [words[0] if words else "" for words, _ in blocks]
        if not text.startswith(f"# {self.code}: ") or "async" not in kinds and "mir" not in kinds or not any(k.endswith("-fail") for k in kinds):
            self.problems.append("it needs a title with its code, a failing program and a mended one")
            return
        for words, body in blocks:
            if words:
                self.check(words[0], words[1:], body.encode())

    def check(self, kind, options, body):
        if kind == "async" and options and options[0].endswith(".async"):
            (self.folder / "package").mkdir(exist_ok=True)
            (self.folder / "package" / options[0]).write_bytes(body)
            self.place = "package"
            return
        if "bytes" in options:
            body = re.sub(rb"<([0-9A-F]{2})>", lambda m: bytes([int(m[1], 16)]), body)
        given = {"async": self.program, "async-fail": self.program, "mir": self.mir, "mir-fail": self.mir, "std-fail": self.std}.get(kind)
        if given is None:
            return
        self.flags = [option for option in options if option.startswith("--")]
        status, found = given(body, kind)
        if kind.endswith("-fail"):
            if found != {self.code} or status == 70:
                self.problems.append(f"a failing program does not give it alone: status {status}, {sorted(found)}")
        elif status or found:
            self.problems.append(f"a mended program is not accepted without a word: status {status}, {sorted(found)}")

    def program(self, body, kind):
        (self.folder / ("main.async" if self.place == "main.async" else "package/main.async")).write_bytes(body)
        flags = ["--diagnostics=json", *self.flags]
        done = run([ASYNCC, "check", *(flag for flag in flags if not flag.startswith("--lib")), self.place], self.folder)
        if kind == "async-fail" and done.returncode == 0 and self.code not in codes(done):  # Some mistakes only show when the program is built.
            done = run([ASYNCC, "build", "-o", "program", *flags, self.place], self.folder)
        return done.returncode, {json.loads(line)["code"] for line in done.stderr.decode().splitlines() if line.startswith("{")}

    def mir(self, body, kind):
        (self.folder / "main.mir").write_bytes(body)
        done = run([BUILD / "tools" / "async-opt" / "async-opt", "main.mir", "--pass=verify,check-loans", "--quiet"], self.folder)
        return done.returncode, codes(done)

    def std(self, body, kind):
        (self.folder / "std").mkdir(exist_ok=True)
        (self.folder / "std" / "prelude.async").write_bytes(body)
        done = run([BUILD / "tools" / "mkstd" / "mkstd", "std", "stored"], self.folder)
        return done.returncode, codes(done)


class TextPage:
    """A page whose programs are run one after another in one folder; `blocks` counts what was checked."""

    def __init__(self, path, folder):
        self.folder, self.problems, self.blocks, self.file, self.waits = folder, [], 0, "main.async", None
        text = path.read_text()
        made = BLOCK.sub(self.block, text)
        self.expect(None)
        if BLESS and made != text:
            path.write_text(made)

    # What a program waits for comes before anything else.
    def expect(self, kind):
        if self.waits and kind not in self.waits:
            self.problems.append(f"{self.file}: the program must be followed by its {' or '.join(self.waits)}")
        self.waits = None

    def block(self, match):
        words, body = match[1].split(), match[2]
        kind, options = (words[0] if words else ""), words[1:]
        if kind in ("sh", "text"):
            return match[0]
        self.blocks += 1
        self.expect(kind)
        if kind == "c":
            (self.folder / options[0]).write_text(body)
            return match[0]
        if kind in ("async", "async-fail"):
            name = pathlib.PurePath(options[0] if options else "main.async")
            (self.folder / name.parent).mkdir(exist_ok=True)
            (self.folder / name).write_text(body)
            if "fn main(" not in body:
                return match[0]
            self.file = str(name.parent if name.parent.name and name.name == "main.async" else name)
            if kind == "async":
                done = run([ASYNCC, "check", self.file], self.folder)
                if done.returncode or done.stderr:
                    self.problems.append(f"{self.file} is not accepted:\n{body}{done.stderr.decode()}")
            self.waits = ("output", "console") if kind == "async" else ("error",)
            return match[0]
        if kind == "output":
            shown = self.output(options)
        elif kind == "error":
            done = run([ASYNCC, "check", self.file], self.folder)
            shown = done.stderr.decode()
            if done.returncode != 1:
                self.problems.append(f"{self.file} is not rejected: status {done.returncode}")
        elif kind == "console":
            if SANITIZED and "clang" in body:
                return match[0]  # a C compiler that knows nothing of the sanitizer cannot link its runtime
            shown = self.console(body)
        else:
            self.problems.append(f"a block of unknown kind `{match[1]}`")
            return match[0]
        shown = "".join(line.rstrip() + "\n" for line in shown.strip("\n").split("\n") if shown.strip("\n"))
        if shown != body and not BLESS:
            self.problems.append(f"a block `{kind}` behind {self.file} differs; BLESS=1 writes it anew\n--- shown\n{body}--- now\n{shown}")
        return f"```{match[1]}\n{shown}```"

    def output(self, options):
        status = int(dict(option.split("=") for option in options).get("exit", 0))
        done = run([ASYNCC, "run", self.file], self.folder, ASYNC_CHECK_LEAKS="1", ASYNC_WORKERS="2")
        if done.returncode != status:
            self.problems.append(f"{self.file}: status {done.returncode}, not {status}\n{done.stderr.decode()}")
        return done.stdout.decode()

    def console(self, body):
        shown = ""
        for line in re.findall(r"^\$ .*$", body, re.M):
            done = run(["bash", "-c", f"exec 2>&1; {line[2:]}"], self.folder)
            shown += f"{line}\n" + re.sub(r"\(\d+ ms\)", "(1 ms)", done.stdout.decode())
        return shown


def check(path):
    with tempfile.TemporaryDirectory() as folder:
        # A page shows the programs of examples/ under their names.
        (pathlib.Path(folder) / "examples").symlink_to(ROOT / "examples")
        try:
            if path.parent.name == "errors":
                page = ErrorPage(path, pathlib.Path(folder))
                return path, 0 if page.problems else 1, page.problems
            page = TextPage(path, pathlib.Path(folder))
            return path, page.blocks - len(page.problems), page.problems
        except subprocess.TimeoutExpired as late:
            return path, 0, [f"no end within {LIMIT} s: {late.cmd}"]


def pages():
    declared = set()
    for definition in (ROOT / "frontend" / "diagnostics").glob("*.def"):
        declared |= set(re.findall(r"ASYNC_DIAG\(\s*([A-Z]\d{4})", definition.read_text()))
    errors = ROOT / "docs" / "errors"
    return [errors / f"{code}.md" for code in sorted(declared)] + [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]


def main():
    wanted = {pathlib.Path(page).resolve() for page in sys.argv[2:]}
    chosen = [page for page in pages() if not wanted or page in wanted]
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, good, problems in pool.map(check, chosen):
            passed += max(good, 0)
            failed += len(problems)
            for problem in problems:
                print(f"FAIL {path.relative_to(ROOT)}: {problem}")
    print(f"{passed} passed, {failed} failed")


if __name__ == "__main__":
    main()
