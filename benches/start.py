#!/usr/bin/env python3
"""CPU milliseconds from start to end of a program, median of many runs: `--version`, and one small document.

    benches/start.py [FOLDER OF PROGRAMS]
"""
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

import programs

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
    folder = programs.folder()
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
