"""Chains of 100,000, or a fraction of it where more is written at each link, are accepted: each program is checked, and given up only if it has no end."""
import os
import subprocess
import sys
import tempfile

COUNT = 100_000
LIMIT = 300  # seconds; a pass that is quadratic takes hours
OWN = "struct P { v: List<i64> }\nimpl P { fn f(self) -> P { self } }\n"

PROGRAMS = {
    "operators": f'fn main() {{ let x = 1; let y = {" + ".join(["x"] * COUNT)}; println("{{y}}"); }}',
    "calls": OWN + f'fn main() {{ let x = P {{ v: [1] }}; let y = x{".f()" * COUNT}; println("{{y.v.len()}}"); }}',
    "arms": "fn main() { let x = 5; let y = match x {" + "".join(f"{i} => {i + 1},\n" for i in range(COUNT)) + '_ => 0 }; println("{y}"); }',
    "texts": 'fn main() { let x = "5"; let y = match x {' + "".join(f'"{i}" => {i},\n' for i in range(COUNT // 4)) + '_ => 0 }; println("{y}"); }',
    "owned": "fn main() {" + "".join(f"let x{i} = [{i}];\n" for i in range(COUNT // 8)) + 'println("{x0.len()}"); }',
    "lent": "fn h(x: &List<i64>) -> i64 { x.len() }\nfn main() { let s = [1]; let x = 0;" + "x = x + h(&s);\n" * COUNT + 'println("{x}"); }',
    "errors": "fn h() -> Result<i64, str> { Ok(1) }\nfn k() -> Result<i64, str> { let x = 0;" + "x = h()?;\n" * (COUNT // 8) + "Ok(x) }\nfn main() { k().unwrap(); }",
}

failed = False
with tempfile.TemporaryDirectory() as folder:
    for name, text in PROGRAMS.items():
        path = os.path.join(folder, f"{name}.async")
        with open(path, "w") as file:
            file.write(text)
        done = subprocess.run(["asyncc", "check", path], capture_output=True, text=True, timeout=LIMIT)
        if done.returncode:
            print(f"{name}: exit status {done.returncode}\n{done.stderr[:1000]}")
            failed = True
sys.exit(failed)
