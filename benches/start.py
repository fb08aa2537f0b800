#!/usr/bin/env python3
"""CPU milliseconds from start to end of a program, median of many runs: `--version`, and one small document.

    benches/start.py [FOLDER OF PROGRAMS]
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNS = 60


def cpu(command, cwd):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def median(command, cwd):
    cpu(command, cwd)
    return statistics.median(cpu(command, cwd) for _ in range(RUNS))


def main():
    host = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    triple = next(line.split()[1] for line in host.splitlines() if line.startswith("host:"))
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else target / triple / "dist"
    folder = folder.resolve()
    rows = []
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        schema = '{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}'
        (work / "schema.json").write_text(schema)
        (work / "document.yaml").write_text("id: o-1\nlines: [{ sku: a, quantity: 1 }]\n")
        for name in ["linkspan-build", "linkspan-events", "linkspan-rollout"]:
            rows.append((f"{name} --version", median([folder / name, "--version"], work), 5))
        validate = [folder / "linkspan-events", "validate", "--schema", "schema.json", "document.yaml"]
        rows.append(("linkspan-events validate", median(validate, work), 10))
    for name, milliseconds, bound in rows:
        print(f"{name:28} {milliseconds:6.2f} ms CPU  (bound {bound} ms)")
    sys.exit(any(milliseconds > bound for _, milliseconds, bound in rows))


main()
