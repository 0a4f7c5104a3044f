"""`explain`: pages as kubectl 1.37 lays them out, and what it says where there is none."""

import pytest

from kubelab.kubectl.verbs import explain

SESSION_AFFINITY = """\
KIND:       Service
VERSION:    v1

FIELD: sessionAffinity <string>
ENUM:
    ClientIP
    None

DESCRIPTION:
    Supports "ClientIP" and "None". Used to maintain session affinity. Enable
    client IP based session affinity. Must be ClientIP or None. Defaults to
    None. More info:
    https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies
    
    Possible enum values:
     - `"ClientIP"` is the Client IP based.
     - `"None"` - no session affinity.
    

"""  # noqa: W293

REPLICA_SET_SPEC = """\
FIELDS:
  minReadySeconds\t<integer>
  replicas\t<integer>
  selector\t<LabelSelector> -required-
    matchExpressions\t<[]LabelSelectorRequirement>
    matchLabels\t<map[string]string>
  template\t<PodTemplateSpec>
    metadata\t<ObjectMeta>
    spec\t<PodSpec>

"""


def test_a_field(desk):
    assert desk.out("explain svc.spec.sessionAffinity") == SESSION_AFFINITY


def test_a_kind(desk):
    page = desk.out("explain rs")
    assert page.startswith("GROUP:      apps\nKIND:       ReplicaSet\nVERSION:    v1\n\nDESCRIPTION:\n    Repl")
    assert "\n  metadata\t<ObjectMeta>\n    If the Labels of a ReplicaSet are empty, they are defaulted" in page
    assert page.endswith("#spec-and-status\n\n\n")


def test_a_struct_within(desk):
    page = desk.out("explain service.spec.ports")
    assert "\nFIELD: ports <[]ServicePort>\n\n\nDESCRIPTION:\n    The list of ports that are exposed by" in page
    assert "\n  port\t<integer> -required-\n    The port that will be exposed by this service.\n\n" in page


def test_names_down_to_a_depth(desk):
    assert desk.out("explain rs.spec --recursive --max-depth=2").endswith(REPLICA_SET_SPEC)
    assert "\n      containers\t<[]Container> -required-\n        args\t<[]string>\n" in desk.out("explain rs.spec -R")


@pytest.mark.parametrize("line", ["deployments.apps.spec", "deployments.spec.", "deploy.spec", "Deployment['spec']"])
def test_ways_to_name_a_field(desk, line):
    assert "FIELD: spec <DeploymentSpec>" in desk.out(f'explain "{line}"')


def test_an_unknown_field_ends_a_page_that_began(desk):
    result = desk.run("explain svc.spec.foo.bar")
    assert result.stdout == "KIND:       Service\nVERSION:    v1\n\n"
    assert (result.stderr, result.code) == ('error: field "bar" does not exist\n', 1)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", f"error: {explain.NO_TYPE}"),
        ("svc rs", "error: We accept only this format: explain RESOURCE"),
        ("foo", 'the server doesn\'t have a resource type "foo"'),
        ("svc/web", 'the server doesn\'t have a resource type "svc/web"'),
        ("ingress", "error: the resource type ingresses is known to Kubernetes, not to kubelab"),
        ("svc --api-version=v2", 'error: couldn\'t find resource for "/v2, Resource=services"'),
        ("rs --api-version=v1", "error: GVR (/v1, Resource=replicasets) not found in OpenAPI schema"),
        ("svc --max-depth=2", "error: --max-depth requires --recursive"),
        ("svc -R --max-depth=-1", "error: --max-depth must be non-negative"),
        ("svc -o yaml", "error: unrecognized format: yaml"),
        ("svc..spec", f"error: {explain.NO_FIELDS}"),
        ("'svc.spec.ports[0]'", f"error: {explain.NO_FIELDS}"),
        ("svc}", "error: must pass in 1 jsonpath string"),
        ("''", "error: a resource must be present, got: /, Resource="),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"explain {line}") == error


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("aa bb cc", ["aa bb", "cc"]),
        ("aa bbbbbbbb cc", ["aa", "bbbbbbbb", "cc"]),
        ("aa  bb", ["aa", "bb"]),
        ("a  b  c", ["a  b", "c"]),
        ("  a bb", ["  a", "bb"]),
        ("aa \n b", ["aa ", " b"]),
        ("\n", ["", ""]),
    ],
)
def test_lines_break_between_words(text, lines):
    assert explain.wrapped(text, 5).split("\n") == lines
