#!/usr/bin/env python3
"""What `tools/dev setup` does on machines that are not this one: its PATH holds stand-ins that say what such a machine would say."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
REAL = ["bash", "env", "grep", "sed", "awk", "cat", "dirname", "mktemp", "true"]
DEBIAN = 'ID=debian\nVERSION_ID="12"\n'
bad = 0


def machine(folder, missing=("ninja-build",), user=0, sudo=True, system=DEBIAN, machine="Linux x86_64", free_mb=9000, network=True, dpkg=True):
    tools = {
        "uname": f'echo "{machine}"',
        "id": f"echo {user}",
        "df": f'echo Filesystem; echo "disk 1 1 {free_mb * 1024} 1% /"',
        "apt-get": f'echo "$@" >> {folder}/calls; ' + ("" if network else "exit 100"),
    }
    if sudo:
        tools["sudo"] = '[ "$1" = -n ] && shift; exec "$@"'
    if dpkg:
        tools["dpkg-query"] = 'shift 2; for p in "$@"; do case $p in ' + "".join(f"{m}) ;; " for m in missing) + \
            '*) echo "install ok installed $p" ;; esac; done'
    for name in REAL:
        (folder / name).symlink_to(shutil.which(name))
    for name, text in tools.items():
        (folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name).chmod(0o755)
    (folder / "os-release").write_text(system)


def expect(what, status, says, installs, **settings):
    global bad
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        machine(folder, **settings)
        environment = {"PATH": str(folder), "ASYNC_OS_RELEASE": str(folder / "os-release")}
        done = subprocess.run([shutil.which("bash"), ROOT / "tools" / "dev", "setup"], env=environment, capture_output=True, text=True, timeout=60)
        calls = (folder / "calls").read_text() if (folder / "calls").exists() else ""
        installed = any("install" in call and "--download-only" not in call for call in calls.splitlines())
        if done.returncode != status or installed != installs or any(text not in done.stderr for text in says) or (not says and done.stderr):
            bad += 1
            print(f"{what}: status {done.returncode}, installed {installed}\n{done.stderr}{calls}")


expect("all present", 0, [], False, missing=())
expect("all present, another system, no network", 0, [], False, missing=(), system="ID=ubuntu\n", network=False, sudo=False, user=1000, free_mb=0)
expect("root installs", 0, ["setup: downloading ninja-build", "setup: installing"], True)
expect("a user installs with sudo", 0, ["setup: installing"], True, user=1000)
expect("no sudo", 1, ["without a password", "\nninja-build\n"], False, user=1000, sudo=False)
expect("no network", 1, ["no network", "\nninja-build\n"], False, network=False)
expect("full disk", 1, ["only 12 MB", "\nninja-build\n"], False, free_mb=12)
expect("Ubuntu", 1, ["only Debian 12", "\nninja-build\n"], False, system='ID=ubuntu\nVERSION_ID="24.04"\n')
expect("Debian 13", 1, ["only Debian 12", "\nninja-build\n"], False, system='ID=debian\nVERSION_ID="13"\n')
expect("ARM", 1, ["only Debian 12", "\nninja-build\n"], False, machine="Linux aarch64")
expect("no Debian at all", 1, ["only Debian 12", "\nclang-19\n", "\nninja-build\n"], False, dpkg=False, system="ID=fedora\n")
sys.exit(bad != 0)
