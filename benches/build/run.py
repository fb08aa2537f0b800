#!/usr/bin/env python3
"""linkspan-build against crane: the same 196 MB in 5,600 files, pushed to a fresh registry, in one run.

Prints CPU seconds (user and system, children included), wall seconds and ratios; see README.md.
"""
import argparse
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time


def payload(folder, files=5600, total=196_000_000):
    """Text-like and binary files of mixed sizes; the same bytes every time."""
    chance = random.Random(1)
    words = [bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(4000)]
    size = total // files
    for number in range(files):
        path = os.path.join(folder, f"d{number % 70:02}", f"s{number % 11}", f"f{number:05}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            if number % 4 == 0:
                out.write(chance.randbytes(size // 2) + bytes(size - size // 2))
            else:
                out.write(b" ".join(chance.choices(words, k=size // 6))[:size])


def measured(command, cwd, variables=None):
    """Runs a command; its CPU and wall seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=cwd, shell=isinstance(command, str), check=True, env={**os.environ, **(variables or {})},
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, time.monotonic() - start


class Registry:
    """A fresh `crane registry serve`."""

    def __init__(self, crane):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{probe.getsockname()[1]}"
        self.process = subprocess.Popen([crane, "registry", "serve", "--address", self.host],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(self.host.split(":"), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the registry does not answer")

    def __enter__(self):
        return self.host

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", default="target/dist/linkspan-build")
    arguments.add_argument("--crane", default=os.path.expanduser("~/.cache/linkspan-tools/bin/crane"))
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    build, crane = os.path.abspath(given.build), os.path.abspath(given.crane)
    work = tempfile.mkdtemp(prefix="linkspan-bench-")
    try:
        context = os.path.join(work, "context")
        payload(os.path.join(context, "app"))
        with open(os.path.join(context, "Dockerfile"), "w") as out:
            out.write('FROM scratch\nCOPY app /app\nWORKDIR /app\nUSER 65532\nENTRYPOINT ["/app/run"]\n')
        figures = {"crane, first": [], "linkspan, first": [], "linkspan, present, clean machine": [],
                   "linkspan, unchanged, same machine": []}
        time.sleep(2.1)  # files that changed just now are not taken from the index
        for _ in range(given.rounds):
            with Registry(crane) as host:
                script = (f"tar -C {context} --sort=name --mtime=@0 --owner=0 --group=0 -cf {work}/layer.tar app && "
                          f"{crane} append --insecure -f {work}/layer.tar -t {host}/crane:1")
                figures["crane, first"].append(measured(script, work))
            with Registry(crane) as host:
                def ours(store):
                    return measured([build, context, "--repository", f"{host}/app", "--store", store], work)
                first, second = os.path.join(work, "one"), os.path.join(work, "two")
                figures["linkspan, first"].append(ours(first))
                figures["linkspan, present, clean machine"].append(ours(second))
                figures["linkspan, unchanged, same machine"].append(ours(first))
                shutil.rmtree(first)
                shutil.rmtree(second)
        base = statistics.median(cpu for cpu, _ in figures["crane, first"])
        print(f"{'median of ' + str(given.rounds):38} {'CPU s':>7} {'wall s':>7} {'CPU ratio':>10}")
        for name, values in figures.items():
            cpu, wall = (statistics.median(column) for column in zip(*values))
            print(f"{name:38} {cpu:7.2f} {wall:7.2f} {cpu / base:10.2f}")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
