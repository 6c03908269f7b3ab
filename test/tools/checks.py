"""checks.py: what the scripts here share. What is wrong is told, and the script that says `checks.end()` at its end fails."""
import sys

wrong = 0


def check(what, good, done=None):
    """`done`: the command behind it, whose status and text are shown."""
    global wrong
    if not good:
        wrong += 1
        print(f"WRONG: {what}" + (f"\nstatus {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}" if done else ""))


def end():
    sys.exit(wrong != 0)
