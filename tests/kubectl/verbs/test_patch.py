"""`patch`: the three kinds, what is printed, and what is refused."""

import pytest

BAD_KEY = "Error from server (BadRequest): invalid character 'b' looking for beginning of object key string"


@pytest.fixture(autouse=True)
def _objects(desk):
    desk.out("create -f svc.yml -f rs.yml")


def test_words(desk):
    patch = """-p '{"spec":{"type":"NodePort"}}'"""
    assert desk.out(f"patch svc web {patch}") == "service/web patched\n"
    assert desk.out(f"patch svc web {patch}") == "service/web patched (no change)\n"
    assert desk.out(f"patch svc/web {patch} -o name") == "service/web\n"
    assert desk.out(f"patch svc/web {patch} -o jsonpath='{{.spec.type}}'") == "NodePort"
    assert desk.out("patch svc web -p 'spec: {type: ClusterIP}'") == "service/web patched\n"


def test_strategic_patches_merge_lists_by_key(desk):
    patch = '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"nginx"}]}}}}'
    assert desk.out(f"patch rs web -p '{patch}'") == "replicaset.apps/web patched\n"
    assert desk.out("get rs web -o jsonpath='{.spec.template.spec.containers[*].name}'") == "side web"


def test_merge_patches_replace_lists(desk):
    patch = '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"nginx"}]}}}}'
    assert desk.out(f"patch rs web --type=merge -p '{patch}'") == "replicaset.apps/web patched\n"
    assert desk.out("get rs web -o jsonpath='{.spec.template.spec.containers[*].name}'") == "side"


def test_json_patches_operate(desk):
    patch = '[{"op":"test","path":"/spec/replicas","value":2},{"op":"replace","path":"/spec/replicas","value":5}]'
    assert desk.out(f"patch rs web --type=json -p '{patch}'") == "replicaset.apps/web patched\n"
    assert desk.out("get rs web -o jsonpath='{.spec.replicas}'") == "5"
    assert desk.error(f"patch rs web --type=json -p '{patch}'") == (
        "The request is invalid: the server rejected our request due to an error in our request"
    )


def test_null_removes(desk):
    desk.out("""patch svc web -p '{"spec":{"selector":null}}'""")
    assert desk.out("get svc web -o jsonpath='{.spec.selector}'") == ""


def test_patch_file(desk):
    desk.write("p.yml", "spec:\n  sessionAffinity: ClientIP\n")
    assert desk.out("patch svc web --patch-file p.yml") == "service/web patched\n"
    assert desk.out("get svc web -o jsonpath='{.spec.sessionAffinityConfig.clientIP.timeoutSeconds}'") == "10800"


def test_dry_runs_change_nothing_and_say_nothing_of_it(desk):
    for way in ("client", "server"):
        line = f"""patch svc web --dry-run={way} -p '{{"spec":{{"type":"NodePort"}}}}'"""
        assert desk.out(line) == "service/web patched\n"
        assert "type: NodePort" in desk.out(f"{line} -o yaml")
    assert desk.out("get svc web -o jsonpath='{.spec.type}'") == "ClusterIP"


def test_several(desk):
    patch = """-p '{"metadata":{"labels":{"p":"1"}}}'"""
    assert desk.out(f"patch svc/web rs/web {patch}") == "service/web patched\nreplicaset.apps/web patched\n"
    result = desk.run(f"patch svc web nope {patch}")
    assert (result.code, result.stdout) == (1, "service/web patched (no change)\n")
    assert result.stderr == 'Error from server (NotFound): services "nope" not found\n'


def test_a_local_patch_prints_and_keeps_away(desk):
    out = desk.out("""patch -f svc.yml --local -p '{"spec":{"type":"NodePort"}}' -o jsonpath='{.spec.type}'""")
    assert out == "NodePort"
    assert desk.out("get svc web -o jsonpath='{.spec.type}'") == "ClusterIP"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: must specify --patch or --patch-file containing the contents of the patch"),
        ("svc web", "error: must specify --patch or --patch-file containing the contents of the patch"),
        ("svc web -p ''", "error: must specify --patch or --patch-file containing the contents of the patch"),
        ("svc web -p '{bad'", BAD_KEY),
        ("svc web -p '{\"a\":'", "Error from server (BadRequest): unexpected end of JSON input"),
        ("svc web -p 'bad: [x'", "error: unable to parse \"bad: [x\": yaml: line 1: did not find expected ',' or ']'"),
        ("svc web --type=foo -p '{}'", 'error: --type must be one of [json merge strategic], not "foo"'),
        (
            "svc web --patch-file nofile.yml",
            "error: unable to read patch file: open nofile.yml: no such file or directory",
        ),
        ("svc web --patch-file svc.yml -p '{}'", "error: cannot specify --patch and --patch-file together"),
        ("svc web --local -p '{}'", "error: cannot specify --local and server resources"),
        ("svc nope -p '{}'", 'Error from server (NotFound): services "nope" not found'),
        ("foo web -p '{}'", 'error: the server doesn\'t have a resource type "foo"'),
        ("svc --all -p '{}'", "error: unknown flag: --all\nSee 'kubectl patch --help' for usage."),
        (
            'svc web --type=json --dry-run=client -p \'[{"op":"remove","path":"/spec/nope"}]\'',
            "error: error in remove for path: '/spec/nope': Unable to remove nonexistent key: nope: missing value",
        ),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"patch {line}") == error


@pytest.mark.parametrize(
    ("patch", "error"),
    [
        ('{"metadata":{"name":"b"}}', "the name of the object (b) does not match the name on the URL (web)"),
        ('{"metadata":{"resourceVersion":"1"}}', "Error from server (Conflict): "),
        ('{"spec":{"type":"Foo"}}', 'spec.type: Unsupported value: "Foo": supported values: "ClusterIP", '),
        ('{"spec":{"clusterIP":"10.96.200.200"}}', 'The Service "web" is invalid: spec.clusterIPs[0]: Invalid value: '),
    ],
)
def test_what_the_server_refuses(desk, patch, error):
    assert error in desk.error(f"patch svc web -p '{patch}'")


def test_an_address_that_a_patch_leaves_out_stays(desk):
    address = desk.out("get svc web -o jsonpath='{.spec.clusterIP}'")
    assert desk.out("""patch svc web -p '{"spec":{"clusterIP":null}}'""") == "service/web patched (no change)\n"
    assert desk.out("get svc web -o jsonpath='{.spec.clusterIPs[0]}'") == address


def test_a_local_load_balancer_has_a_port_for_health_checks(desk):
    port = "get svc web -o jsonpath='{.spec.healthCheckNodePort}'"
    desk.out("""patch svc web -p '{"spec":{"type":"LoadBalancer","externalTrafficPolicy":"Local"}}'""")
    asked = desk.out(port)
    assert 30000 <= int(asked) <= 32767
    desk.out("""patch svc web -p '{"spec":{"sessionAffinity":"ClientIP"}}'""")
    assert desk.out(port) == asked
    assert desk.error("""patch svc web -p '{"spec":{"healthCheckNodePort":30000}}'""") == (
        'The Service "web" is invalid: spec.healthCheckNodePort: Forbidden: field is immutable'
    )
    assert desk.error("create service nodeport other --tcp=80 --node-port=" + asked).endswith("already allocated")
    desk.out("""patch svc web -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'""")
    assert desk.out(port) == ""


def test_metadata_must_stay_metadata(desk):
    patch = '[{"op":"replace","path":"/metadata","value":"x"}]'
    assert "cannot unmarshal string into Go struct field Service.metadata" in desk.error(
        f"patch svc web --type=json -p '{patch}'"
    )


def test_a_load_balancer_keeps_the_node_ports_that_it_has(desk):
    ports = "get svc lb -o jsonpath='{.spec.ports[*].nodePort}'"
    desk.out("create service loadbalancer lb --tcp=80:8080")
    before = desk.out(ports)
    desk.out('patch svc lb -p \'{"spec":{"allocateLoadBalancerNodePorts":false}}\'')
    assert desk.out(ports) == before
    desk.out('patch svc lb -p \'{"spec":{"ports":[{"name":"more","port":81},{"name":"80-8080","port":80}]}}\'')
    assert desk.out(ports) == before


def test_a_node_port_is_not_the_health_check_port_of_the_same_service(desk):
    spec = '{"externalTrafficPolicy":"Local","healthCheckNodePort":32000,"type":"LoadBalancer"}'
    desk.out(f"patch svc web -p '{{\"spec\":{spec}}}'")
    refused = desk.run('patch svc web --type=json -p \'[{"op":"add","path":"/spec/ports/0/nodePort","value":32000}]\'')
    assert "provided port is already allocated" in refused.stderr
