#!/usr/bin/env python3
"""Checks the reference with the compiler of BUILD: each public item of std has a doc comment, docs/reference/std is what `asyncc doc --std` writes, and each
example on its pages compiles, runs and prints what stands behind it. Usage: doc.py BUILD [PAGE…]; with BLESS=1 the pages are written anew.

An example is a block `async`; a block `output` behind it is what it prints, otherwise it prints nothing. It is the body of an async function that gives
`Result<(), Error>`. The examples of a page are one program.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference" / "std"
BLOCK = re.compile(r"^```async\n(.*?)^```\n(?:```output\n(.*?)^```$)?", re.S | re.M)
MARK = "--- example "
LIMIT = 120


def examples(text):
    return [(code, output or "") for code, output in BLOCK.findall(text)]


def program(found):
    parts = [f"async fn example_{i}() -> Result<(), Error> {{\n{code}    Ok(())\n}}\n" for i, (code, _) in enumerate(found)]
    calls = "".join(f'    println("{MARK}{i}");\n    await example_{i}()?;\n' for i in range(len(found)))
    return "\n".join(parts) + f"\nfn main() -> Result<(), Error> {{\n{calls}    Ok(())\n}}\n"


# What each example has printed; an example that was not reached is left out.
def parts(printed):
    pieces = re.split(rf"^{MARK}(\d+)\n", printed, flags=re.M)
    return {int(number): text for number, text in zip(pieces[1::2], pieces[2::2])}


def run_page(asyncc, name, text):
    found = examples(text)
    if not found:
        return name, 0, []
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "main.async"
        source.write_text(program(found))
        plain = {k: v for k, v in os.environ.items() if not k.startswith("ASYNC_")}
        try:
            done = subprocess.run([asyncc, "run", source], cwd=folder, env=plain | {"NO_COLOR": "1", "ASYNC_CHECK_LEAKS": "1", "ASYNC_WORKERS": "2"},
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return name, 0, [f"its examples do not end within {LIMIT} s"]
    said = done.stderr.decode(errors="replace")
    printed = parts(done.stdout.decode(errors="replace"))
    problems = [] if done.returncode == 0 and not said else [f"its examples end with status {done.returncode}, after number {max(printed, default=-1)}:\n{said}"]
    for number, (code, output) in enumerate(found):
        if number in printed and printed[number] != output and not (problems and number == max(printed)):
            problems.append(f"an example prints something else:\n{code}--- expected\n{output}--- printed\n{printed[number]}")
    return name, len(found) - min(len(problems), len(found)), problems


def written(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.md"))}


def compare(made):
    there = written(REFERENCE)
    if os.environ.get("BLESS"):
        for name in set(there) - set(made):
            (REFERENCE / name).unlink()
        for name, text in made.items():
            (REFERENCE / name).parent.mkdir(parents=True, exist_ok=True)
            (REFERENCE / name).write_text(text)
        return []
    again = "asyncc doc --std -o docs/reference/std (or BLESS=1 tools/testing/doc.py) writes it"
    return [f"docs/reference/std/{name} is not what the sources say; {again}" for name in sorted(set(there) | set(made)) if there.get(name) != made.get(name)]


def main():
    asyncc = pathlib.Path(sys.argv[1]).resolve() / "tools" / "asyncc" / "asyncc"
    passed, problems = 0, []
    missing = subprocess.run([asyncc, "doc", "--std", "--missing"], capture_output=True, text=True, timeout=LIMIT)
    problems += (missing.stdout + missing.stderr).splitlines()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([asyncc, "doc", "--std", "-o", folder], capture_output=True, text=True, timeout=LIMIT)
        made = written(pathlib.Path(folder))
    if done.returncode or not made:
        problems.append(f"asyncc doc --std: status {done.returncode}\n{done.stderr}")
    problems += compare(made)
    passed += 2
    wanted = [page for page in made if not sys.argv[2:] or any(page == word.removeprefix("docs/reference/std/") for word in sys.argv[2:])]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, good, found in pool.map(lambda page: run_page(asyncc, page, made[page]), wanted):
            passed += good
            problems += [f"docs/reference/std/{name}: {problem}" for problem in found]
    for problem in problems:
        print(f"FAIL {problem}")
    print(f"{passed} passed, {len(problems)} failed")


if __name__ == "__main__":
    main()
