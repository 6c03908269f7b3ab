#!/usr/bin/env python3
"""Measures what the compiler and the runtime are judged by, beside the peers, and prints Markdown tables.

Usage: bench.py BUILD [NAME…] [--json FILE] [--repeats N] [--seconds S]. A NAME is a group (calls, tasks, awaits, frames, kernels, servers, compile) or
a workload. What is measured and how: docs/internals/benchmarks.md.
"""
import argparse
import os
import pathlib
import platform
import sys

sys.dont_write_bytecode = True

import bench_groups
import bench_peers
from bench_programs import Programs
from bench_report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(prog="tools/dev bench", description="Measures programs beside their peers.")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all, or some of: {' '.join(bench_groups.names())}")
    parser.add_argument("--json", metavar="FILE", help="writes every figure as a record")
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="repeats a figure (5)")
    parser.add_argument("--seconds", type=float, default=2, metavar="S", help="the length of a server's measurement (2)")
    options = parser.parse_intermixed_args()  # names may stand behind options
    unknown = [name for name in options.names if name not in bench_groups.names()]
    if unknown:
        parser.error(f"there is no workload {unknown[0]}; there are: {' '.join(bench_groups.names())}")
    if options.repeats < 1 or options.seconds <= 0:
        parser.error("--repeats and --seconds must be positive")
    return options


def machine():
    model = platform.machine()
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} × {model}, Linux {platform.release()}"


def main():
    options = parse()
    if options.json:
        open(options.json, "a").close()  # a path that cannot be written is said before an hour of measuring
    wanted = bench_groups.wanted(options.names)
    programs = Programs((ROOT / options.build).resolve(), say)
    peers = bench_peers.prepare(bench_groups.peers_of(wanted), say)
    report = Report()
    print(f"{machine()}; load before: {os.getloadavg()[0]:.1f}; {options.repeats} repeats", flush=True)
    for line in [programs.version(), *bench_peers.versions(peers)]:
        print(f"- {line}", flush=True)
    status = 0
    try:
        for group, workloads in wanted.items():
            bench_groups.GROUPS[group].run(bench_groups.Context(programs, peers, report, options, say), workloads)
    except KeyboardInterrupt:
        say("interrupted")
        status = 130
    finally:
        programs.stop_all()
        if options.json:
            report.write(options.json)
    if report.failed():
        say(f"no figure of asyncc: {', '.join(report.failed())}")
        status = status or 1
    sys.exit(status)


main()
