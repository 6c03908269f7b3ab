"""The programs that the benchmarks are measured beside: a copy of ../shared/peers in build/peers, built with what is installed."""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "peers"
COPY = ROOT / "build" / "peers"
BUILT = COPY / "build"
CXX = ["clang++-19", "-std=c++20", "-O3"]
ASIO = ["-DASIO_HAS_CO_AWAIT", "-DASIO_HAS_STD_COROUTINE", "-pthread"]
CRATES = pathlib.Path("/usr/share/cargo/registry")


def has(tool):
    return shutil.which(tool) is not None


# Peer: what it needs, the sources it is made of, what is made, and the commands (folder below COPY, command).
PEERS = {
    "load": (lambda: has("clang++-19"), ["load"], ["load"], [(".", [*CXX, "-o", "build/load", "load/load.cpp"])]),
    "cpp": (lambda: has("clang++-19") and pathlib.Path("/usr/include/asio.hpp").exists(), ["cpp"], ["peer-cpp", "kernels-cpp"],
            [(".", [*CXX, *ASIO, "-o", "build/peer-cpp", "cpp/main.cpp"]), (".", [*CXX, "-o", "build/kernels-cpp", "cpp/kernels.cpp"])]),
    "tokio": (lambda: has("cargo") and any(CRATES.glob("tokio-1*")), ["tokio"], ["peer-tokio", "kernels-rust"],
              [("tokio", ["cargo", "build", "--release", "--offline", "--quiet"]),
               (".", ["cp", "tokio/target/release/peer-tokio", "build/peer-tokio"]),
               (".", ["cp", "tokio/target/release/kernels", "build/kernels-rust"])]),
    "go": (lambda: has("go"), ["go"], ["peer-go", "kernels-go"],
           [("go", ["go", "build", "-o", "../build/peer-go", "."]), ("go", ["go", "build", "-o", "../build/kernels-go", "./kernels"])]),
}


def newest(folders):
    files = [f for folder in folders for f in (SHARED / folder).rglob("*") if f.is_file()]
    return max((f.stat().st_mtime for f in files), default=0)


# Builds those that are wanted and not up to date. Gives the names of those that are there; says why the others are not.
def prepare(wanted, say):
    if not SHARED.exists():
        say(f"no peers: {SHARED} is not there")
        return set()
    shutil.copytree(SHARED, COPY, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build", "target", "RESULTS.md"))
    BUILT.mkdir(parents=True, exist_ok=True)
    there = set()
    for name in wanted:
        tools, sources, made, commands = PEERS[name]
        if not tools():
            say(f"without {name}: its tools are missing (`tools/dev setup bench` installs them)")
            continue
        made = [BUILT / file for file in made]
        fresh = all(f.exists() and f.stat().st_mtime >= newest(sources) for f in made)
        if fresh or all(build(name, folder, command, say) for folder, command in commands):
            for file in made:
                os.utime(file)
            there.add(name)
    return there


def build(name, folder, command, say):
    done = subprocess.run(command, cwd=COPY / folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        say(f"without {name}: {' '.join(command)} failed\n{done.stdout.strip()[-2000:]}")
    return done.returncode == 0


def first_line(command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20).stdout.strip().splitlines()[0]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return None


def package(name):
    return first_line(["dpkg-query", "-W", "-f=${Version}\n", name]) if has("dpkg-query") else None


# One line a peer, for the head of the report.
def versions(there):
    lines = []
    if has("clang++-19"):
        lines.append(first_line(["clang++-19", "--version"]))
    if "cpp" in there:
        lines.append(f"Asio {package('libasio-dev') or '(unknown)'}")
    if "tokio" in there:
        lock = COPY / "tokio" / "Cargo.lock"
        found = re.search(r'name = "tokio"\nversion = "([^"]+)"', lock.read_text()) if lock.exists() else None
        lines.append(f"Tokio {found.group(1) if found else '(unknown)'}, {first_line(['rustc', '--version'])}")
    if "go" in there:
        lines.append(first_line(["go", "version"]))
    return [line for line in lines if line]
