"""`expose`: the Service that it makes of what it finds."""

import pytest
import yaml

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec:
  containers:
  - name: a
    image: nginx
    ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53}, {containerPort: 80}]
"""


@pytest.fixture(autouse=True)
def _objects(desk):
    desk.out("create -f rs.yml")


def service(desk, args):
    return yaml.safe_load(desk.out(f"expose {args} --dry-run=client -o yaml"))


def test_all_comes_from_the_object(desk):
    assert service(desk, "rs web") == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 8080, "protocol": "TCP", "targetPort": 8080}], "selector": {"app": "web"}},
        "status": {"loadBalancer": {}},
    }


def test_flags_come_first(desk):
    made = service(
        desk,
        "rs web --name=x --port=80 --target-port=http --type=NodePort -l a=b --selector c=d "
        "--session-affinity=ClientIP --external-ip=1.2.3.4 --protocol=UDP",
    )
    assert made["metadata"] == {"name": "x", "labels": {"a": "b"}}
    assert made["spec"] == {
        "externalIPs": ["1.2.3.4"],
        "ports": [{"port": 80, "protocol": "UDP", "targetPort": "http"}],
        "selector": {"c": "d"},
        "sessionAffinity": "ClientIP",
        "type": "NodePort",
    }


def test_several_ports_get_names(desk):
    ports = service(desk, "rs web --port=80,443")["spec"]["ports"]
    assert [(port["name"], port["port"]) for port in ports] == [("port-1", 80), ("port-2", 443)]


def test_one_port_with_two_protocols(desk):
    desk.write("p.yml", POD)
    ports = service(desk, "-f p.yml --port=53")["spec"]["ports"]
    assert [(port["name"], port["protocol"]) for port in ports] == [("port-1-udp", "UDP"), ("port-1-tcp", "TCP")]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ("rs nosuch --port=80", 'Error from server (NotFound): replicasets.apps "nosuch" not found'),
        ("node kube-node1 --port=80", "error: cannot expose a Node"),
        ("svc kubernetes --port=80", "error: couldn't retrieve selectors via --selector flag or introspection: "
                                     "the service has no pod selector set"),
        ("rs web --port=x", 'error: strconv.Atoi: parsing "x": invalid syntax'),
        ("rs web --session-affinity=Foo", "error: unknown session affinity: Foo"),
        ("rs web -l a", "error: unexpected label spec: a"),
        ("svc", "error: resource(s) were provided, but no name was specified"),
    ],
)  # fmt: skip
def test_refusals(desk, args, error):
    assert desk.error(f"expose {args}") == error


def test_exposing(desk):
    assert desk.out("expose rs web --port=80") == "service/web exposed\n"
    assert desk.error("expose rs web --port=80") == 'Error from server (AlreadyExists): services "web" already exists'


def test_expressions_are_no_selector(desk):
    (desk.folder / "rs.yml").write_text(
        "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: e}\nspec:\n  selector:\n    matchLabels: {a: b}\n"
        "    matchExpressions: [{key: c, operator: In, values: [d, e]}]\n  template:\n    metadata:\n"
        "      labels: {a: b, c: d}\n    spec:\n      containers: [{name: c, image: nginx}]\n"
    )
    desk.out("create -f rs.yml")
    assert desk.error("expose rs e --port=80") == (
        "error: couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "
        '"[{Key:c Operator:In Values:[d e]}]" to map-based selector format'
    )
