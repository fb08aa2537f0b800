#!/usr/bin/env python3
"""linkspan-events against its peers: the same events, in one run. See README.md.

    benches/events/run.py [FOLDER OF PROGRAMS]
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import programs  # noqa: E402
import sample  # noqa: E402

COUNT = 150_000
ROUNDS = 5
NPM = {"ajv": "8.20.0", "@sourcemeta/jsonschema": "16.11.0"}
ASYNCAPI = {"@asyncapi/cli": "6.0.0"}
PIP = {"check-jsonschema": "0.39.0"}
TOOLS = pathlib.Path(os.environ.get("LINKSPAN_TOOLS", pathlib.Path.home() / ".cache/linkspan-tools")) / "bench-events"


def installed(folder, pins, commands):
    """A folder of peers' programs, installed once."""
    folder, pins = TOOLS / folder, " ".join(pins)
    stamp = folder / "stamp"
    if not stamp.exists() or stamp.read_text() != pins:
        folder.mkdir(parents=True, exist_ok=True)
        for command in commands(folder, pins.split()):
            subprocess.run(command, check=True)
        stamp.write_text(pins)
    return folder


def npm(folder, packages, *flags):
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *flags, "--prefix"]
    pins = [f"{name}@{version}" for name, version in packages.items()]
    return installed(folder, pins, lambda folder, pins: [[*command, folder, *pins]])


def python(folder, packages):
    pins = [f"{name}=={version}" for name, version in packages.items()]
    return installed(folder, pins, lambda folder, pins: [
        [sys.executable, "-m", "venv", folder], [folder / "bin/pip", "install", "--quiet", *pins]])


def measured(command, cwd):
    """Runs a command that must succeed: CPU seconds, wall seconds, peak memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], cwd=cwd, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1000


def best(commands, cwd, rounds):
    """The least of each figure of each command, in rounds that take turns."""
    figures = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            figures[name].append(measured(command, cwd))
    return {name: tuple(map(min, zip(*values))) for name, values in figures.items()}


def events(ours, npm, work):
    lines = {
        "linkspan-events, whole event": [ours, "validate", "-q", "--schema", "schema.json", "events.jsonl"],
        "linkspan-events, by type": [ours, "validate", "-q", "events.jsonl"],
        f"ajv {NPM['ajv']} script": ["node", pathlib.Path(__file__).with_name("ajv.js"), npm, "schema.json", "events.jsonl"],
        f"sourcemeta {NPM['@sourcemeta/jsonschema']} --fast":
            [npm / "node_modules/.bin/jsonschema", "validate", "--fast", "schema.json", "events.jsonl"],
    }
    figures = best(lines, work, ROUNDS)
    print(f"{'':32} {'CPU s':>7} {'ns/event':>9} {'wall s':>7} {'peak MB':>8}")
    for name, (cpu, wall, peak) in figures.items():
        print(f"{name:32} {cpu:7.2f} {1e9 * cpu / COUNT:9.0f} {wall:7.2f} {peak:8.1f}")
    whole, kind, ajv, blaze = figures.values()
    late = False
    for name, own in [("whole event", whole), ("by type", kind)]:
        for peer, other, cpu in [("ajv", ajv, 5), ("sourcemeta", blaze, 7)]:
            ratios = other[0] / own[0], other[1] / own[1]
            print(f"{name}, against {peer}: CPU 1/{ratios[0]:.1f} (bound 1/{cpu}), wall 1/{ratios[1]:.1f} (bound 1/9)")
            late |= ratios[0] < cpu
        late |= own[2] > 64
    return late


def small(ours, venv, work):
    figures = best({
        "linkspan-events": [ours, "validate", "-q", "--schema", "small.schema.json", "small.yaml"],
        f"check-jsonschema {PIP['check-jsonschema']}":
            [venv / "check-jsonschema", "--schemafile", "small.schema.json", "small.yaml"],
    }, work, 10)
    for name, (cpu, _, peak) in figures.items():
        print(f"one small YAML document, {name:24} {1000 * cpu:7.1f} ms CPU {peak:7.1f} MB")
    own, other = (cpu for cpu, _, _ in figures.values())
    print(f"ratio 1/{other / own:.0f} (bounds 10 ms, 1/40)")
    return own > 0.010 or other / own < 40


def asyncapi(ours, npm, work):
    os.environ["ASYNCAPI_METRICS"] = "false"
    document = "contracts/orders.asyncapi.json"
    figures = best({
        "linkspan-events": [ours, "validate", "-q", document],
        f"@asyncapi/cli {ASYNCAPI['@asyncapi/cli']}": [npm / "node_modules/.bin/asyncapi", "validate", document],
    }, work, 3)
    for name, (cpu, _, peak) in figures.items():
        print(f"one AsyncAPI document, {name:24} {1000 * cpu:7.1f} ms CPU {peak:7.1f} MB")
    own, other = (cpu for cpu, _, _ in figures.values())
    print(f"ratio 1/{other / own:.0f} (bound 1/100)")
    return other / own < 100


def main():
    ours = programs.folder() / "linkspan-events"
    peers, venv = npm("npm", NPM), python("venv", PIP) / "bin"
    with tempfile.TemporaryDirectory() as work:
        size = sample.write(work, COUNT)
        print(f"{COUNT} events of {size:.0f} bytes, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        late = events(ours, peers, work)
        late |= small(ours, venv, work)
        late |= asyncapi(ours, npm("asyncapi", ASYNCAPI, "--ignore-scripts"), work)
    sys.exit(late)


main()
