"""The workloads, by group: which programs are run with what, and how their tables look."""
import collections
import re
import statistics
import time

import bench_peers
import bench_sources
from bench_peers import BUILT
from bench_programs import ROOT, field, value
from bench_report import DASH, Cell, number, spread_text

Context = collections.namedtuple("Context", "programs peers report options say")
Group = collections.namedtuple("Group", "workloads peers run")
WORKERS = (1, 2)
DEPTHS = (1, 10, 100, 1000)
CONNECTIONS = 64
SHARE_OF_SLOWEST = 0.7


# Interleaves: each repeat runs all of `runners`, a function for each key, beginning with another one each time. Gives the runs by key; what
# gives "none" has no such workload.
def interleaved(context, runners):
    runs, keys = {key: [] for key in runners}, list(runners)
    for repeat in range(context.options.repeats):
        first = repeat % len(keys) if keys else 0
        for key in keys[first:] + keys[:first]:
            if key in runs:
                result = runners[key]()
                if result == "none":
                    del runs[key]
                else:
                    runs[key].append(result)
    return runs


def ours(context, program, count, workers):
    def run():
        done = context.programs.call([program, count], workers)
        return value(done.stdout, "ns_per_op") if done and done.returncode == 0 else None

    return run if program else lambda: None


def peer(context, name, workload, workers, size=None):
    def run():
        done = context.programs.call([BUILT / f"peer-{name}", workload, workers] + ([size] if size is not None else []), workers)
        if done is not None and done.returncode == 2:
            return "none"
        return value(done.stdout, "ns_per_op") if done and done.returncode == 0 else None

    return run


# One row. `runners` by implementation; `records`: the name of its workload, where it is not the row's.
def row(context, workload, workers, runners, records=None):
    runs = interleaved(context, runners)
    cells = {key: Cell((records or {}).get(key, workload), workers, "async" if key == "plain" else key, "ns/op", runs[key]) for key in runs}
    context.report.row(f"{workload}, t={workers}", cells)


def peer_runners(context, workload, workers, size=None, only=("tokio", "go", "cpp")):
    return {name: peer(context, name, workload, workers, size) for name in only if name in context.peers}


CALLS = 100_000_000


def calls(context, workloads):
    context.report.table("awaiting what is ready, ns", ["plain", "tokio", "go", "cpp"])
    plain = context.programs.program("call_plain")
    for workload in workloads:
        runners = {"async": ours(context, context.programs.program(workload), CALLS, 1), "plain": ours(context, plain, CALLS, 1)}
        if workload == "call_ready":
            runners |= peer_runners(context, workload, 1)
        row(context, workload, 1, runners, {"plain": "call_plain"})


TASKS = {"spawn_join": 2_000_000, "yield": 10_000_000}


def tasks(context, workloads):
    context.report.table("tasks, ns an operation", ["tokio", "go", "cpp"])
    for workload in workloads:
        program = context.programs.program(workload)
        for workers in WORKERS:
            count = TASKS[workload]
            row(context, workload, workers, {"async": ours(context, program, count, workers)} | peer_runners(context, workload, workers, count))


AWAITS = {"deep_await": 50_000_000, "deep_await_queue": 20_000_000}


# The bare event stands beside C++'s; the scheduler beside those of Tokio and Go (whose `deep_await` has one) and C++'s ring.
def awaits(context, workloads):
    context.report.table("a suspension so many awaits deep, ns", ["tokio", "go", "cpp"])
    for workload in workloads:
        name, depth = workload.split("/")
        runners = {"async": ours(context, context.programs.deep(name, int(depth)), AWAITS[name], 1)}
        runners |= peer_runners(context, name, 1, depth, ["cpp"])
        if name == "deep_await_queue":
            runners |= peer_runners(context, "deep_await", 1, depth, ["tokio", "go"])
        row(context, workload, 1, runners, {"tokio": f"deep_await/{depth}", "go": f"deep_await/{depth}"})
    allocations(context, workloads)


# The task itself is one; nothing more may come, however deep and however often.
def allocations(context, workloads):
    context.report.head(["allocations from spawning the task to its end", "1 suspension", "100 000 suspensions"])
    for workload in workloads:
        name, depth = workload.split("/")
        program, found = context.programs.deep(name, int(depth), counting=True), []
        for count in (1, 100_000):
            done = context.programs.call([program, count], 1) if program else None
            counted = value(done.stdout, "allocations") if done and done.returncode == 0 else None
            found.append(counted if counted is None else int(counted))
        context.report.cells.append(Cell(f"{name}_allocations/{depth}", 1, "async", "allocations", found))
        context.report.line([workload, *[number(one) for one in found]])


FRAMES = ["leaf", "held", "dead", "dead_unscoped", "twice", "branch", "arg", "pass", "chain5"]


# What `--emit=states` says of each function: slots and children with all padding, headers of the frames nested in it, the leaf at their end.
def frame_sizes(context):
    done = context.programs.call([context.programs.asyncc, "build", "--emit=states", ROOT / "benchmarks" / "frames.async"])
    if done is None or done.returncode:
        context.say(f"frames: no states are emitted\n{done.stderr.strip()[-800:] if done else ''}")
        return None
    machines = re.findall(r"^state machine ([^\s(]+)\(.*\n(?:  (?:slot|child).*\n)*  bytes (\d+) of slots.*, (\d+) of headers, (\d+) of", done.stdout, re.M)
    return {name: [int(part) for part in parts] for name, *parts in machines}


def frames(context, workloads):
    sizes, theirs = frame_sizes(context), ""
    if "tokio" in context.peers:
        done = context.programs.call([BUILT / "peer-tokio", "frames", 1])
        theirs = done.stdout if done else ""
    context.report.head(["async fn, bytes", "whole", "headers", "the leaf's waiter", "slots and children", "rustc's whole"])
    for workload in workloads:
        case = workload.split("/")[1]
        # What never suspends has no frame.
        parts = [None] * 3 if sizes is None else sizes.get(case, [0, 0, 0])
        slots, headers, waiter = parts
        cells = [Cell(workload, 1, "async", "bytes", [slots]), Cell(f"frames_headers/{case}", 1, "async", "bytes", [headers]),
                 Cell(f"frames_waiter/{case}", 1, "async", "bytes", [waiter])]
        rust = value(theirs, case)
        if rust is not None:
            cells.append(Cell(workload, 1, "tokio", "bytes", [int(rust)]))
        context.report.cells += cells
        whole = None if slots is None else sum(parts)
        context.report.line([case, number(whole), number(headers), number(waiter), number(slots), number(int(rust)) if rust is not None else DASH])


KERNELS = ["nbody", "fannkuch", "spectral", "mandelbrot"]
KERNEL_PEERS = {"cpp": "cpp", "rust": "tokio", "go": "go"}


def kernels(context, workloads):
    context.report.table("kernel, seconds", list(KERNEL_PEERS))
    program = context.programs.program("kernels")
    for workload in workloads:
        checks = collections.defaultdict(set)

        def runner(name, command):
            def run():
                done = context.programs.call([command, workload], 1) if command else None
                if done is None or done.returncode:
                    return None
                checks[field(done.stdout, "check")].add(name)
                return value(done.stdout, "seconds")

            return run

        runners = {"async": runner("async", program)}
        for name, needs in KERNEL_PEERS.items():
            if needs in context.peers:
                runners[name] = runner(name, BUILT / f"kernels-{name}")
        runs = interleaved(context, runners)
        if len(checks) > 1:
            context.say(f"{workload}: the answers differ: {dict(checks)}")
            runs["async"] = [None] * len(runs["async"])
        context.report.row(workload, {key: Cell(workload, 1, key, "s", runs[key]) for key in runs})


def server_command(context, name, workers):
    if name == "async":
        return [context.programs.program("tcp_echo")] if context.programs.program("tcp_echo") else None
    return [BUILT / f"peer-{name}", "tcp_echo", workers]


# One measurement of a server that is started for it: what the load client prints, or nothing.
def serve_once(context, name, workers, rate):
    command = server_command(context, name, workers)
    started = context.programs.serve(command, workers) if command else None
    if started is None:
        return ""
    process, port = started
    arguments = [BUILT / "load", port, CONNECTIONS, context.options.seconds, rate, "echo", process.pid]
    done = context.programs.call(arguments if rate else arguments[:4])
    context.programs.stop(process)
    return done.stdout if done and done.returncode == 0 else ""


# Rows for the metrics of one workload. Gives the medians of the first one.
def server_rows(context, workload, rate, metrics):
    who = [(name, workers) for workers in WORKERS for name in ("async", "tokio", "go", "cpp") if name == "async" or name in context.peers]
    texts = interleaved(context, {key: (lambda key=key: serve_once(context, *key, rate)) for key in who})
    for metric, unit in metrics:
        suffix = "" if metric == metrics[0][0] else f"_{metric.split('_')[0]}"
        for workers in WORKERS:
            cells = {name: Cell(workload + suffix, workers, name, unit, [value(text, metric) for text in texts[name, workers]])
                     for name, at in who if at == workers}
            context.report.row(f"{workload} {metric}, t={workers}", cells)
    first = [[value(text, metrics[0][0]) for text in texts[key]] for key in who]
    return [statistics.median(runs) for runs in first if None not in runs]


def servers(context, workloads):
    if "load" not in context.peers:
        context.say("servers: the load client is missing")
        for workload in workloads:
            context.report.cells.append(Cell(workload, 1, "async", "requests/s", []))
        return
    context.report.table(f"{CONNECTIONS} connections", ["tokio", "go", "cpp"])
    rates = server_rows(context, "tcp_echo", 0, [("requests_per_s", "requests/s"), ("p50_us", "us"), ("p99_us", "us")])
    if "tcp_echo_cpu" in workloads and rates:
        metrics = [("cpu_us_per_request", "us/op"), ("requests_per_s", "requests/s"), ("p50_us", "us"), ("p99_us", "us"), ("p999_us", "us")]
        server_rows(context, "tcp_echo_cpu", int(min(rates) * SHARE_OF_SLOWEST), metrics)


# The commands of a workload by implementation: the source that is changed before each run, and the command; $IN and $OUT stand for files.
COMPILE = {
    "compile_hello/check": {"async": ["asyncc", "check", "$IN"]},
    "compile_hello/O0": {"async": ["asyncc", "build", "-O0", "$IN", "-o", "$OUT"], "cpp": ["clang++-19", "-std=c++20", "-O0", "-o", "$OUT", "$IN"],
                         "rust": ["rustc", "-o", "$OUT", "$IN"], "go": ["go", "build", "-o", "$OUT", "$IN"]},
    "compile_hello/O2": {"async": ["asyncc", "build", "-O2", "$IN", "-o", "$OUT"], "cpp": ["clang++-19", "-std=c++20", "-O2", "-o", "$OUT", "$IN"],
                         "rust": ["rustc", "-O", "-o", "$OUT", "$IN"], "go": ["go", "build", "-o", "$OUT", "$IN"]},
    "compile_hello/run": {"async": ["asyncc", "run", "$IN"], "go": ["go", "run", "$IN"]},
}
HELLO = {"cpp": "compile/hello.cpp", "rust": "compile/hello.rs", "go": "compile/go/hello/main.go"}


def timed(context, name, command):
    source = ROOT / "examples" / "hello.async" if name == "async" else bench_peers.COPY / HELLO[name]
    copy = context.programs.folder / f"hello-{name}{source.suffix}"
    names = {"$IN": copy, "$OUT": context.programs.folder / f"hello-{name}", "asyncc": context.programs.asyncc}
    changes = 0

    def run():
        nonlocal changes
        changes += 1
        copy.write_text(source.read_text() + f"// change {changes} of {time.time_ns()}\n")
        start = time.perf_counter()
        done = context.programs.call([names.get(word, word) for word in command])
        seconds = time.perf_counter() - start
        return seconds if done and done.returncode == 0 else None

    return run


LINES = 100_000
LONG = {"compile_100k/check": ["check"], "compile_100k/O0": ["build", "-O0"]}


# A long program of ordinary code: seconds, lines a second, and the most memory that the compiler had.
def long_program(context, workloads):
    source = context.programs.folder / "ordinary.async"
    source.write_text(bench_sources.ordinary(LINES))
    lines = source.read_text().count("\n")
    context.report.head([f"{lines} lines of ordinary code", "seconds", "spread", "lines a second", "MB"])
    for workload in workloads:
        output = ["-o", context.programs.folder / "ordinary"] if LONG[workload][0] == "build" else []
        runs, most = [], []
        for _ in range(context.options.repeats):
            start = time.perf_counter()
            done, used = context.programs.measured([context.programs.asyncc, *LONG[workload], source, *output])
            runs.append(time.perf_counter() - start if done == 0 else None)
            most.append(used)
        cells = [Cell(workload, 1, "async", "s", runs), Cell(f"{workload}_memory", 1, "async", "MB", most)]
        context.report.cells += cells
        speed = None if cells[0].failed else lines / cells[0].median
        context.report.line([workload, number(cells[0].median), spread_text(cells[0]), number(speed), number(cells[1].median)])
    done = context.programs.call([context.programs.asyncc, "build", "-O0", "--emit=llvm-ir", source]) if workloads else None
    made = done.stdout.count("\n") / lines if done and done.returncode == 0 else None
    context.report.cells.append(Cell("compile_100k/ir_lines", 1, "async", "lines a source line", [made]))
    context.report.line(["lines of LLVM IR a source line, -O0", number(made), DASH, DASH, DASH])


def compile_times(context, workloads):
    if long := [workload for workload in workloads if workload in LONG]:
        long_program(context, long)
    workloads = [workload for workload in workloads if workload not in LONG]
    if not workloads:
        return
    context.report.table("compiling hello, seconds", ["cpp", "rust", "go"])
    for workload in workloads:
        runners = {}
        for name, command in COMPILE[workload].items():
            if name == "async" or (bench_peers.has(command[0]) and bench_peers.SHARED.exists()):
                runners[name] = timed(context, name, command)
                runners[name]()  # fills caches
        runs = interleaved(context, runners)
        context.report.row(workload, {key: Cell(workload, 1, key, "s", runs[key]) for key in runs})


def deep_names():
    return [f"{name}/{depth}" for name in AWAITS for depth in DEPTHS]


GROUPS = {
    "calls": Group(["call_ready", "call_may_wait"], ["tokio", "go", "cpp"], calls),
    "tasks": Group(list(TASKS), ["tokio", "go", "cpp"], tasks),
    "awaits": Group(deep_names(), ["tokio", "go", "cpp"], awaits),
    "frames": Group([f"frames/{case}" for case in FRAMES], ["tokio"], frames),
    "kernels": Group(KERNELS, ["cpp", "tokio", "go"], kernels),
    "servers": Group(["tcp_echo", "tcp_echo_cpu"], ["load", "tokio", "go", "cpp"], servers),
    "compile": Group([*LONG, *COMPILE], [], compile_times),
}


# Workloads that one name stands for: deep_await is all of its depths.
def family(workload):
    return workload.split("/")[0]


def names():
    found = dict.fromkeys(GROUPS)
    for group in GROUPS.values():
        for workload in group.workloads:
            found |= dict.fromkeys([family(workload), workload])
    return list(found)


# The chosen workloads by group, in the order of the tables.
def wanted(chosen):
    picked = {}
    for name, group in GROUPS.items():
        workloads = [w for w in group.workloads if not chosen or name in chosen or w in chosen or family(w) in chosen]
        if workloads:
            picked[name] = workloads
    return picked


def peers_of(picked):
    found = []
    for name in picked:
        found += [peer for peer in GROUPS[name].peers if peer not in found]
    return found
