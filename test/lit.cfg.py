# lit's settings. `%golden %s` compares standard input with the generated block at the end of the test, and rewrites it with BLESS=1.
import os
import shutil
import sys

import lit.formats

config.name = "asyncc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".async", ".mir", ".test"]
config.excludes = ["unit", "found", "inputs"]
config.available_features.update(tool for tool in ["gdb"] if shutil.which(tool))
build = os.path.abspath(lit_config.params["build"])
# Where the runtime is built with a sanitizer, a C compiler that knows nothing of it cannot link it.
needs = os.path.join(build, "runtime", "libasync_rt.a.needs")
if not os.path.exists(needs) or os.path.getsize(needs) == 0:
    config.available_features.add("plain-runtime")
source = os.path.dirname(__file__)
config.test_source_root = source
config.test_exec_root = os.path.join(build, "test", "lit")
programs = [os.path.join(build, *folder) for folder in [("tools", "asyncc"), ("tools", "async-opt"), ("tools", "mkstd"), ("test", "fuzz")]]
config.environment["PATH"] = os.pathsep.join([*programs, "/usr/lib/llvm-19/bin", os.environ["PATH"]])
config.environment["NO_COLOR"] = "1"
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
PASSED_ON = ("BLESS", "ASYNC_TEST_", "ASYNC_RUNTIME", "ASAN_OPTIONS")
config.environment.update({name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)})
config.substitutions.append(("%golden", f"{sys.executable} {os.path.join(source, 'golden.py')}"))
config.substitutions.append(("%python", sys.executable))
# Runs a program in both ways and compares what it prints with its `// OUT:` lines.
config.substitutions.append(("%both", f"{sys.executable} {os.path.join(source, 'both.py')}"))
