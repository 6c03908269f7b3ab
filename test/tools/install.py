#!/usr/bin/env python3
"""An installed tree works wherever it lies; so does what a .deb holds. Parts of another version are refused."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import checks
from checks import check

BUILD = pathlib.Path(shutil.which("asyncc")).resolve().parents[2]
HELLO = pathlib.Path(__file__).resolve().parents[2] / "examples" / "hello.async"
here = pathlib.Path(tempfile.mkdtemp()).resolve()


def run(*command, cwd=here):
    plain = {k: v for k, v in os.environ.items() if not k.startswith("ASYNC_")}
    return subprocess.run([*map(str, command)], cwd=cwd, env=plain, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)


def works(what, prefix):
    asyncc = prefix / "bin" / "asyncc"
    done = run(asyncc, "run", HELLO)
    said = done.stdout
    check(f"{what}: run", done.returncode == 0 and said and not done.stderr, done)
    done = run(asyncc, "build", HELLO, "-o", here / "hello")
    ran = run(here / "hello") if done.returncode == 0 else done
    check(f"{what}: build", ran.returncode == 0 and ran.stdout == said, done)
    done = run(asyncc, "explain", "T0301")
    check(f"{what}: explain", done.stdout.startswith("T0301: "), done)
    for file in ("share/bash-completion/completions/asyncc", "share/zsh/vendor-completions/_asyncc", "share/fish/vendor_completions.d/asyncc.fish", "share/doc/asyncc/LICENSE",
                 "share/doc/asyncc/copyright", "share/doc/asyncc/guide/README.md"):
        check(f"{what}: {file}", (prefix / file).is_file())
    check(f"{what}: help as a page", "asyncc explain" in (prefix / "share/doc/asyncc/asyncc.txt").read_text())
    done = run("sha256sum", "--check", "--quiet", "lib/asyncc/manifest", cwd=prefix)
    check(f"{what}: the manifest's hashes", done.returncode == 0, done)
    listed = {line.split("  ", 1)[1] for line in (prefix / "lib/asyncc/manifest").read_text().splitlines()}
    there = {str(p.relative_to(prefix)) for p in prefix.rglob("*") if p.is_file()}
    check(f"{what}: the manifest is whole: {sorted(listed ^ there)}", listed == there - {"lib/asyncc/manifest"})


def refuses(what, arguments, says):
    done = run(here / "other" / "bin" / "asyncc", *arguments)
    check(what, done.returncode == 1 and says in done.stderr and len(done.stderr.splitlines()) == 1 and not (here / "none").exists(), done)


def changed(path, change):
    """The part as `change` makes it; it is put back by calling what is given back."""
    kept = path.read_bytes()
    path.write_bytes(change(kept))
    return lambda: path.write_bytes(kept)


def other_versions():
    parts = here / "other" / "lib" / "asyncc"
    head = b"asyncc runtime, ABI "
    build, check_only = ["build", HELLO, "-o", "none"], ["check", HELLO]
    for what, part, change, arguments, says in (
            ("std's sources of another version", parts / "std" / "prelude.async", lambda b: b + b"\n", check_only, "does not fit this compiler"),
            ("a stored std of another form", parts / "std.stored", lambda b: b[:8] + bytes([b[8] ^ 1]) + b[9:], check_only, "does not fit this compiler"),
            ("a damaged stored std", parts / "std.stored", lambda b: b[:-9] + bytes([b[-9] ^ 1]) + b[-8:], check_only, "is damaged"),
            ("an empty stored std", parts / "std.stored", lambda b: b"", check_only, "does not fit this compiler"),
            ("a runtime of another ABI", parts / "libasync_rt.a", lambda b: b.replace(head, head + b"x", 1), build, "is of another version: its ABI is x"),
            ("a runtime that does not say", parts / "libasync_rt.a", lambda b: b.replace(head, b"?" * len(head)), build, "its ABI is not said"),
            ("a code generator that is none", parts / "libasyncc-codegen.so", lambda b: b"text", build, "cannot load the code generator")):
        put_back = changed(part, change)
        refuses(what, arguments, says)
        put_back()
    for part in ("std.stored", "libasync_rt.a", "libasyncc-codegen.so"):
        (parts / part).rename(here / "away")
        refuses(f"{part} is missing", build, part)
        (here / "away").rename(parts / part)
    works("put back", here / "other")


def package():
    if not shutil.which("dpkg-deb") or not shutil.which("dpkg-shlibdeps"):
        return
    done = run("cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", here / "deb")
    made = list((here / "deb").glob("asyncc_*_amd64.deb"))
    check("cpack", done.returncode == 0 and len(made) == 1, done)
    if len(made) != 1:
        return
    needs = run("dpkg-deb", "--field", made[0], "Depends").stdout
    for name in ("libc6-dev", "libgcc-12-dev", "libllvm19", "libfmt9", "libantlr4-runtime4.9", "libstdc++6"):
        check(f"the package needs {name}: {needs}", re.search(rf"(^|[ ,|]){re.escape(name)}\b", needs))
    done = run("dpkg-deb", "--extract", made[0], here / "unpacked")
    check("unpacked", done.returncode == 0, done)
    works("the package", here / "unpacked" / "usr")


def main():
    if re.search(r"^ASYNC_SANITIZE:\w+=\w", (BUILD / "CMakeCache.txt").read_text(), re.M):
        return
    done = run("cmake", "--install", BUILD, "--prefix", here / "first")
    check("cmake --install", done.returncode == 0, done)
    if done.returncode:
        return
    works("installed", here / "first")
    (here / "first").rename(here / "other")
    works("moved", here / "other")
    other_versions()
    package()


main()
shutil.rmtree(here)
checks.end()
