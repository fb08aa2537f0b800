#!/usr/bin/env python3
"""How long after a Deployment's last status change `linkspan-rollout apply` and `kubectl rollout status` end.

Both follow the same rollouts of examples/hello's image; a watch of this script's own says when the last change came.
The container has a readiness probe: without one, linkspan waits three seconds to see whether it stays. To be run in
the test cluster:

    tests/parts/cluster.sh run benches/rollout.py [FOLDER OF PROGRAMS]
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import programs

RUNS = 15
NAMESPACE = f"bench-rollout-{os.getpid()}"
MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: bench }}
spec:
  selector: {{ matchLabels: {{ app: bench }} }}
  template:
    metadata: {{ labels: {{ app: bench }} }}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: bench
          image: {image}
          env: [{{ name: RUN, value: "{run}" }}]
          readinessProbe: {{ httpGet: {{ path: /, port: 8080 }}, periodSeconds: 1 }}
"""


def kubectl(*arguments, **options):
    return subprocess.run(["kubectl", "-n", NAMESPACE, *arguments], check=True, capture_output=True, text=True, **options)


def done(deployment):
    """kubectl's own rule for the end of a rollout."""
    spec, status = deployment["spec"], deployment.get("status", {})
    wanted = spec.get("replicas", 1)
    seen = status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    counts = [status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas")]
    return seen and counts == [wanted] * 3


class Watch:
    """Notes when the Deployment was seen done, from the raw watch of the API."""

    def __init__(self):
        path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments?watch=true&fieldSelector=metadata.name%3Dbench"
        self.process = subprocess.Popen(["kubectl", "get", "--raw", path], stdout=subprocess.PIPE, text=True)
        self.ends = {}
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            now = time.monotonic()
            deployment = json.loads(line)["object"]
            if done(deployment):
                self.ends[deployment["metadata"]["generation"]] = now


def finished(command, ends, name):
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ends[name] = time.monotonic()
    assert ends[name] - started < 60


def main():
    folder = programs.folder()
    print(json.loads(kubectl("version", "--client", "-o", "json").stdout)["clientVersion"]["gitVersion"])
    subprocess.run(["kubectl", "create", "namespace", NAMESPACE], check=True, capture_output=True)
    try:
        measure(folder)
    finally:
        subprocess.run(["kubectl", "delete", "namespace", NAMESPACE, "--wait=false"], check=True, capture_output=True)


def measure(folder):
    registry = os.environ["LINKSPAN_TEST_REGISTRY"]
    build = [folder / "linkspan-build", "--quiet", "--registry", f"{registry}/bench"]
    built = subprocess.run(build, cwd=programs.ROOT / "examples/hello", check=True, capture_output=True, text=True).stdout
    image = built.strip().splitlines()[-1].partition("=")[2]
    late = {"linkspan": [], "kubectl": []}
    watch = None
    with tempfile.TemporaryDirectory() as work:
        manifest = pathlib.Path(work) / "bench.yaml"
        for run in range(RUNS + 1):
            manifest.write_text(MANIFEST.format(image=image, run=run))
            ends = {}
            apply = [folder / "linkspan-rollout", "apply", "-f", manifest, "-n", NAMESPACE]
            ours = threading.Thread(target=finished, args=(apply, ends, "linkspan"))
            ours.start()
            time.sleep(0.3)
            watch = watch or Watch()
            finished(["kubectl", "-n", NAMESPACE, "rollout", "status", "deployment/bench"], ends, "kubectl")
            ours.join()
            time.sleep(0.3)
            generation = json.loads(kubectl("get", "deployment", "bench", "-o", "json").stdout)["metadata"]["generation"]
            if run:
                for name in late:
                    late[name].append(1000 * (ends[name] - watch.ends[generation]))
    watch.process.kill()
    medians = {name: statistics.median(values) for name, values in late.items()}
    for name, median in medians.items():
        print(f"{name:10} ends {median:7.2f} ms after the last status change (median of {RUNS})")
    ratio = medians["linkspan"] / medians["kubectl"]
    print(f"ratio {ratio:.2f}  (bound 0.5)")
    sys.exit(ratio > 0.5)


main()
