"""Where the released programs are that `size.sh` builds."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def folder():
    """The folder that the command line names, else that of `size.sh`."""
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1]).resolve()
    host = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    triple = next(line.split()[1] for line in host.splitlines() if line.startswith("host:"))
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return (target / triple / "dist").resolve()
