"""What a real kubectl 1.37 printed, facing a real v1.36 API server, where neither had anything to make up."""

import pathlib

import pytest
import yaml

HERE = pathlib.Path(__file__).parent
RECORDED = yaml.safe_load((HERE / "recorded" / "v1.36.yaml").read_text(encoding="utf-8"))
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: mynapp-svc
  labels:
    app: mynapp
spec:
  selector:
    app: mynapp
  ports:
  - port: 8080
    targetPort: 80
"""
REPLICA_SET = "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: mynapp-rs\n"


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["run"])
def test_the_same_is_printed(desk, recorded):
    desk.write("svc.yaml", SERVICE)
    desk.write("rs.yaml", REPLICA_SET)
    result = desk.tool.run(recorded["run"].split(), cwd=str(desk.folder))
    assert result.stdout + result.stderr == recorded["printed"]
    assert result.code == recorded["code"]
