"""The front door: lines, results, what changes, what goes wrong inside; and the small verbs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubelab.cluster import Cluster
from kubelab.kubectl import kubectl, verbs


def test_lines_and_lists_are_the_same(desk):
    assert desk.run("kubectl get svc").stdout == desk.run(["get", "svc"]).stdout
    assert desk.run("get svc  # all of them").stdout == desk.run("get \\\n svc").stdout


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("get 'svc", "error: this line cannot be read: no closing quotation"),
        ("get svc | head", "error: | is the shell's, not kubectl's: one kubectl command makes a line here"),
        ("delete pod $(kubectl get pods)",
         "error: $(kubectl is the shell's, not kubectl's: one kubectl command makes a line here"),
        ("get svc --context=other", 'error: context "other" does not exist'),
    ],
)  # fmt: skip
def test_lines_that_are_none(desk, line, error):
    assert desk.error(line) == error


def test_what_changes_and_what_watches(desk):
    assert desk.tool.changes("create -f x")
    assert desk.tool.changes("create service clusterip x")
    assert not desk.tool.changes("get pods")
    assert not desk.tool.changes("'")
    assert desk.tool.watches("get pods -w")
    assert not desk.tool.watches("get pods")


def test_a_fault_inside_becomes_one_line(desk, monkeypatch):
    monkeypatch.setattr(desk.cluster.store, "list", lambda *_, **__: 1 / 0)
    result = kubectl.Kubectl(desk.cluster).run("get pods")
    assert result.stderr.startswith("error: kubelab itself failed (ZeroDivisionError: ")
    assert (result.stderr.count("\n"), result.code) == (1, 1)
    with pytest.raises(ZeroDivisionError):
        desk.run("get pods")


def test_the_namespace_to_work_in(desk):
    desk.out("create ns team")
    assert desk.out("config set-context --current --namespace=team") == 'Context "kubelab" modified.\n'
    desk.out("create -f svc.yml")
    assert desk.out("get svc -o name") == "service/web\n"
    assert desk.out("get svc -n default -o name") == "service/kubernetes\n"
    assert desk.out("config get-contexts").splitlines()[1].split()[-1] == "team"
    assert "    namespace: team\n" in desk.out("config view")


def test_versions(desk):
    text = "Client Version: v1.37.1\nKustomize Version: v5.8.1\n"
    assert desk.out("version --client") == text
    assert desk.out("version") == text + "Server Version: v1.36.2\n"
    assert '"gitVersion": "v1.36.2"' in desk.out("version -o json")


def test_resource_types(desk):
    lines = desk.out("api-resources").splitlines()
    assert lines[0].split() == ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"]
    assert "services         svc          v1                    true         Service" in lines
    assert desk.out("api-resources --namespaced=false -o name") == "namespaces\nnodes\n"
    assert desk.out("api-versions") == "apps/v1\ndiscovery.k8s.io/v1\nv1\n"


def test_help_names_what_is_lacking(desk):
    overview = desk.out("")
    assert overview == desk.out("help") == desk.out("--help")
    for verb in verbs.ROOT.subverbs:
        assert verb.name in overview or verb.hidden
    text = desk.out("get --help")
    assert text == desk.out("help get")
    assert "--watch" in text
    assert "--raw" in text
    result = desk.run("create service")
    assert (result.stdout, result.code) == ("", 1)
    assert "nodeport" in result.stderr
    assert desk.error("create service x") == (
        "error: unknown command \"x\"\nSee 'kubectl create service -h' for help and examples"
    )
    assert "--namespace" in desk.out("options")


CLUSTER = Cluster(1)
WORDS = st.sampled_from(
    [
        *["get", "create", "delete", "describe", "run", "expose", "apply", "scale", "svc,rs", "svc/x", "pods", "all"],
        *["-f", "-", "-o", "yaml", "-o=name", "-l", "app=web", "--all", "-n", "x", "-A", "-w", "--dry-run=client"],
        *["--image=n", "--", "sh", "service", "clusterip", "--tcp=80", "web", "kubernetes", "-o=jsonpath={.a"],
        *["--sort-by=.a", "label", "patch", "wait", "logs", "exec", "rollout", "status", "set", "image"],
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=7), st.text(max_size=30))
def test_no_line_ends_in_a_fault(words, stdin):
    tool = kubectl.Kubectl(CLUSTER, guard=False)
    before = CLUSTER.snapshot()
    try:
        result = tool.run(words, stdin=stdin)
    finally:
        CLUSTER.restore(before)
    assert result.code in (0, 1)
    assert result.code == 0 or result.stderr


@pytest.mark.parametrize("timeout", ["0", "5", "1m30s"])
def test_the_timeout_of_requests_is_read(desk, timeout):
    assert desk.run(f"get svc --request-timeout={timeout}").code == 0
    assert desk.error(f"get svc --request-timeout=-{timeout}.5").startswith("error: Invalid timeout value. ")
