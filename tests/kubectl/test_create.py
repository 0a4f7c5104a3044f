"""`create`: files and generators; the YAML was printed by kubectl 1.37.1."""

import pytest

CLUSTER_IP = """\
apiVersion: v1
kind: Service
metadata:
  labels:
    app: x
  name: x
spec:
  ports:
  - name: 80-8080
    port: 80
    protocol: TCP
    targetPort: 8080
  selector:
    app: x
  type: ClusterIP
status:
  loadBalancer: {}
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app: d
  name: d
spec:
  replicas: 2
  selector:
    matchLabels:
      app: d
  strategy: {}
  template:
    metadata:
      labels:
        app: d
    spec:
      containers:
      - image: nginx
        name: nginx
        ports:
        - containerPort: 80
        resources: {}
status: {}
"""


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("service clusterip x --tcp=80:8080", CLUSTER_IP),
        ("service loadbalancer x --tcp=80:8080", CLUSTER_IP.replace("ClusterIP", "LoadBalancer")),
        (
            "svc nodeport x --tcp=80:8080 --node-port=30080",
            CLUSTER_IP.replace("ClusterIP", "NodePort").replace(
                "    port: 80\n", "    nodePort: 30080\n    port: 80\n"
            ),
        ),
        ("deployment d --image=nginx --replicas=2 --port=80", DEPLOYMENT),
        (
            "ns n",
            'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: "n"\nspec: {}\nstatus: {}\n',
        ),
    ],
)
def test_generators(desk, line, text):
    assert desk.out(f"create {line} --dry-run=client -o yaml") == text


def test_json_keeps_the_order_of_the_types(desk):
    text = desk.out("create svc clusterip x --tcp=80 --dry-run=client -o json")
    assert text.index('"kind"') < text.index('"apiVersion"') < text.index('"name"') < text.index('"labels"')


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "must specify one of -f and -k"),
        ("foo", "Unexpected args: [foo]\nSee 'kubectl create -h' for help and examples"),
        ("service clusterip", "exactly one NAME is required, got 0\n"
                              "See 'kubectl create service clusterip -h' for help and examples"),
        ("ns -- x", "exactly one NAME is required, got 0\nSee 'kubectl create namespace -h' for help and examples"),
        ("service clusterip x", "at least one tcp port specifier must be provided"),
        ("service clusterip x --tcp=abc", 'strconv.ParseUint: parsing "abc": invalid syntax'),
        ("service clusterip x --tcp=70000", 'strconv.ParseUint: parsing "70000": value out of range'),
        ("service clusterip x --tcp=80:0", "must be between 1 and 65535, inclusive"),
        ("service clusterip x --tcp=80:A--9-",
         "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-),must contain at least one letter "
         "(a-z),must not contain consecutive hyphens,must not begin or end with a hyphen"),
        ("service externalname x --external-name=Foo_", "invalid service external name Foo_"),
        ("service nodeport x --tcp=80 --node-port=80",
         'failed to create NodePort service: Service "x" is invalid: spec.ports[0].nodePort: Invalid value: 80: '
         "provided port is not in the valid range. The range of valid ports is 30000-32767"),
        ("service clusterip kubernetes --tcp=80",
         'failed to create ClusterIP service: services "kubernetes" already exists'),
        ("deployment d --image=a --image=b -- ls", "cannot specify multiple --image options and command"),
        ("ns x --dry-run=foo", 'Invalid dry-run value (foo). Must be "none", "server", or "client".'),
        ("ns x --validate=foo",
         'invalid - validate option "foo"; must be one of: strict (or true), warn, ignore (or false)'),
        ("-f nosuch.yml", 'the path "nosuch.yml" does not exist'),
    ],
)  # fmt: skip
def test_refusals(desk, line, error):
    assert desk.error(f"create {line}") == f"error: {error}"


def test_server_refusals_keep_their_form(desk):
    assert desk.error("create ns default") == 'Error from server (AlreadyExists): namespaces "default" already exists'


def test_dry_runs_change_nothing(desk):
    before = desk.cluster.store.revision
    assert desk.out("create -f svc.yml --dry-run=client") == "service/web created (dry run)\n"
    assert desk.out("create -f svc.yml --dry-run=server") == "service/web created (server dry run)\n"
    result = desk.run("create ns x --dry-run")
    assert result.stdout == "namespace/x created (dry run)\n"
    assert result.stderr.endswith(
        "helpers.go:714] --dry-run is deprecated and can be replaced with --dry-run=client.\n"
    )
    assert desk.cluster.store.revision == before


def test_save_config(desk):
    path = r"jsonpath={.metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration}"
    assert desk.out(f"create ns x --dry-run=client --save-config -o '{path}'") == (
        '{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"x"},"spec":{},"status":{}}\n'
    )
    assert desk.out(f"create -f svc.yml --save-config -o '{path}'") == (
        '{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"labels":{"app":"web"},"name":"web",'
        '"namespace":"default"},"spec":{"ports":[{"port":80,"targetPort":8080}],"selector":{"app":"web"}}}\n'
    )


def test_several_objects_are_several_yaml_documents(desk):
    text = desk.out("create -f svc.yml -f rs.yml -o yaml")
    assert text.count("\n---\n") == 1


def test_one_bad_file_does_not_stop_the_next(desk):
    desk.out("create -f rs.yml")
    result = desk.run("create -f svc.yml -f rs.yml")
    assert result.stdout == "service/web created\n"
    assert result.stderr == (
        'Error from server (AlreadyExists): error when creating "rs.yml": replicasets.apps "web" already exists\n'
    )


def test_what_cannot_be_read_comes_last_and_in_one_line(desk):
    good, bad = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {}\n", "kind: Service\n"
    desk.write("bad.yml", f"apiVersion: v1\nkind: Service\nmetadata: {{labels: {{x: y}}}}\n---\n{good}")
    desk.write("worse.yml", bad)
    labels = "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"
    assert desk.run("get -f bad.yml").stderr == (
        f'unable to decode "bad.yml": {labels}\nError from server (NotFound): services "a" not found\n'
    )
    assert desk.run("create -f bad.yml -f worse.yml").stderr == (
        'Error from server (Invalid): error when creating "bad.yml": Service "a" is invalid: spec.ports: Required value'
        f'\n[unable to decode "bad.yml": {labels}, error validating "worse.yml": error validating data: apiVersion not '
        "set; if you choose to ignore these errors, turn validation off with --validate=false]\n"
    )


def test_families_are_looked_at_before_addresses(desk):
    spec = "{ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6, IPv4], ports: [{port: 80}]}"
    desk.write("dual.yml", f"apiVersion: v1\nkind: Service\nmetadata: {{name: dual}}\nspec: {spec}\n")
    assert desk.run("create -f dual.yml").stderr == (
        'The Service "dual" is invalid: \n'
        '* spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack '
        'services\n* spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster\n'
    )
