"""A cluster, a working directory, and kubectl in it."""

from pathlib import Path

import pytest

from kubelab.cluster import Cluster
from kubelab.kubectl import kubectl

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  labels: {app: web}
spec:
  ports:
  - port: 80
    targetPort: 8080
  selector:
    app: web
"""

REPLICA_SET = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: c1t1d0s7/myweb
        ports:
        - containerPort: 8080
"""


class Desk:
    """kubectl in a folder; errors in kubelab itself are raised, not printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = Cluster(1)
        self.tool = kubectl.Kubectl(self.cluster, guard=False)
        self.write("svc.yml", SERVICE)
        self.write("rs.yml", REPLICA_SET)

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def run(self, line: str, stdin: str = "") -> kubectl.Result:
        """Run a line."""
        return self.tool.run(line, stdin=stdin, cwd=str(self.folder))

    def out(self, line: str, stdin: str = "") -> str:
        """What a line that succeeds prints."""
        result = self.run(line, stdin)
        assert result.code == 0, result.stderr
        return result.stdout

    def error(self, line: str, stdin: str = "") -> str:
        """What a line that fails says."""
        result = self.run(line, stdin)
        assert result.code == 1, result.stdout
        return result.stderr.removesuffix("\n")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
