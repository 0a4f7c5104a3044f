"""Equal seeds, equal worlds: also under another PYTHONHASHSEED; other seeds, other worlds."""

import json
import os
import subprocess
import sys

STORY = """
import json, os, pathlib, sys, tempfile
import kubelab
lab = kubelab.Lab(seed=int(sys.argv[1]))
os.chdir(tempfile.mkdtemp())
pathlib.Path("rs.yml").write_text('''
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: mynapp-rs}
spec:
  replicas: 3
  selector: {matchLabels: {app: mynapp-rs}}
  template:
    metadata: {labels: {app: mynapp-rs, tier: web, zone: a}}
    spec: {containers: [{name: mynapp, image: c1t1d0s7/myweb, ports: [{containerPort: 8080}]}]}
''')
printed = []
for line in [
    "create -f rs.yml", "expose rs mynapp-rs --name=mynapp-svc --port=80 --target-port=8080",
    "get pods -o wide", "scale rs mynapp-rs --replicas=7", "get endpoints",
    "create deployment web --image=nginx --replicas=2",
    "run nettool --image=c1t1d0s7/network-multitool", "set image deployment/web nginx=nginx:1.27",
    "get all -o wide",
    "exec nettool -- sh -c 'for i in 1 2 3 4 5; do curl -s http://mynapp-svc; done'",
    "describe svc mynapp-svc",
    "scale rs mynapp-rs --replicas=2", "get events", "get endpointslices -o yaml", "delete rs mynapp-rs",
]:
    result = lab.kubectl(line)
    printed.append([line, result.stdout, result.stderr, result.code])
trace = [[l.at, l.who, l.what] for l in lab.cluster.trace.lines]
print(json.dumps([printed, trace, lab.cluster.chance.random()]))
"""


def story(seed: int, hash_seed: int) -> str:
    env = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run([sys.executable, "-c", STORY, str(seed)], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_same_seed_same_trace_whatever_the_hash_seed() -> None:
    first = story(1, 1)
    assert first == story(1, 2)
    printed, trace, _ = json.loads(first)
    assert len(trace) > 50
    assert all(code == 0 for _, _, _, code in printed), [row for row in printed if row[3]]


def test_another_seed_is_another_world() -> None:
    assert story(1, 0) != story(2, 0)
