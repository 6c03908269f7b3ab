"""Building and running what is measured."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEVEL = "-O3"
LIMIT = 120
WRAPPED = ["async_alloc", "async_frame_new", "async_spawn", "malloc", "calloc", "realloc"]


def field(text, name):
    found = re.search(rf"\b{name}=(\S+)", text)
    return found.group(1) if found else None


def value(text, name):
    try:
        return float(field(text, name))
    except (TypeError, ValueError):
        return None


# The source with a chain of `depth` functions in place of `level1`.
def deepen(text, depth):
    line = re.search(r"^async fn level1\(.*\n", text, re.M).group(0)
    before, after = text.split(line)
    chain = "".join(line.replace("level1", f"level{k}").replace("level0", f"level{k - 1}") for k in range(1, depth + 1))
    return before + chain + after.replace("level1(", f"level{depth}(")


class Programs:
    def __init__(self, build, say):
        self.say = say
        self.asyncc = build / "tools" / "asyncc" / "asyncc"
        self.runtime = next(iter(sorted(build.rglob("libasync_rt.a"))), None)
        self.folder = ROOT / "build" / "bench"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.built = {}
        self.servers = []
        self.port = 7300

    def version(self):
        done = self.call([self.asyncc, "--version"])
        return done.stdout.strip() if done and done.returncode == 0 else f"asyncc: {self.asyncc} does not run"

    def call(self, command, workers=None, limit=LIMIT):
        environment = dict(os.environ)
        if workers is not None:
            environment.update(ASYNC_WORKERS=str(workers), GOMAXPROCS=str(workers))
        try:
            return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=limit, env=environment)
        except (OSError, subprocess.TimeoutExpired):
            return None

    # Exit status, and the most memory in MB. What has no end is killed.
    def measured(self, command):
        process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        timer = threading.Timer(LIMIT, process.kill)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, usage.ru_maxrss / 1024

    def must(self, command):
        done = self.call(command, limit=600)
        if done is None or done.returncode:
            text = (done.stderr or done.stdout).strip()[-1500:] if done else "it cannot be started, or has no end"
            self.say(f"{' '.join(str(c) for c in command)} failed:\n{text}")
            return False
        return True

    # The program of benchmarks/NAME.async, or None.
    def program(self, name):
        return self.once(name, lambda out: self.must([self.asyncc, "build", LEVEL, ROOT / "benchmarks" / f"{name}.async", "-o", out]))

    # The same with `depth` levels, linked with benchmarks/harness; `counting`: it counts its allocations.
    def deep(self, name, depth, counting=False):
        return self.once(f"{name}-{depth}{'-counting' if counting else ''}", lambda out: self.link_deep(name, depth, counting, out))

    def once(self, key, make):
        if key not in self.built:
            out = self.folder / key
            out.unlink(missing_ok=True)
            self.built[key] = out if make(out) and out.exists() else None
        return self.built[key]

    def link_deep(self, name, depth, counting, out):
        if not self.runtime:
            self.say("libasync_rt.a is not built")
            return False
        source, object_file = out.with_suffix(".async"), out.with_suffix(".o")
        source.write_text(deepen((ROOT / "benchmarks" / f"{name}.async").read_text(), depth))
        harness = ROOT / "benchmarks" / "harness"
        parts = [harness / "Drive.cpp"] + ([harness / "Count.cpp"] if counting else [])
        wraps = [f"-Wl,--wrap={function}" for function in WRAPPED] if counting else []
        return self.must([self.asyncc, "build", LEVEL, "--emit=obj", source, "-o", object_file]) and self.must(
            ["clang++-19", "-std=c++20", "-O2", "-fno-rtti", "-fno-exceptions", "-I", ROOT, *parts, object_file, self.runtime,
             "-fuse-ld=lld", "-Wl,--gc-sections", *wraps, "-lm", "-pthread", "-o", out])

    # Starts a server on a port of its own; gives process and port, or None.
    def serve(self, command, workers):
        self.port += 1
        environment = {**os.environ, "ASYNC_WORKERS": str(workers)}
        try:
            process = subprocess.Popen([str(c) for c in [*command, self.port]], env=environment, stdout=subprocess.DEVNULL)
        except OSError:
            return None
        self.servers.append(process)
        for _ in range(100):
            if process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return process, self.port
            time.sleep(0.05)
        self.say(f"{command[0]} does not listen")
        self.stop(process)
        return None

    def stop(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        self.servers.remove(process)

    def stop_all(self):
        for process in list(self.servers):
            self.stop(process)
