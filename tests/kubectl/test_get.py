"""`get`: tables, whole objects, watching."""

import pytest

TABLE = """\
NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
kubernetes   ClusterIP   10.233.0.1   <none>        443/TCP   10m
"""


def test_a_table(desk):
    assert desk.out("get svc") == TABLE
    assert desk.out("get svc --no-headers") == "kubernetes   ClusterIP   10.233.0.1   <none>   443/TCP   10m\n"


def test_kinds_are_told_apart_as_soon_as_several_are_asked_for(desk):
    assert desk.out("get svc,rs").splitlines()[1].startswith("service/kubernetes ")
    assert desk.out("get svc/kubernetes").splitlines()[1].startswith("kubernetes ")
    both = desk.out("get svc,ns")
    assert "\n\nNAME " in both
    assert "\nnamespace/default " in both


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("pods", "No resources found in default namespace."),
        ("pods -n x", "No resources found in x namespace."),
        ("pods -A -l a=b", "No resources found"),
        ("nodes -l a=b", "No resources found"),
        ("pods,nodes -l a=b", "No resources found"),
    ],
)
def test_nothing_found(desk, args, message):
    result = desk.run(f"get {args}")
    assert (result.stdout, result.stderr, result.code) == ("", message + "\n", 0)


def test_what_is_missing_may_be_ignored(desk):
    result = desk.run("get svc nosuch kubernetes --ignore-not-found")
    assert (result.stdout, result.stderr, result.code) == (TABLE, "", 0)
    assert desk.run("get svc nosuch --ignore-not-found -o yaml").stdout == ""


def test_errors_come_after_what_was_found(desk):
    result = desk.run("get svc nosuch kubernetes")
    assert result.stdout == TABLE
    assert result.stderr == 'Error from server (NotFound): services "nosuch" not found\n'
    assert result.code == 1


def test_one_object_or_a_list(desk):
    assert desk.out("get svc kubernetes -o jsonpath='{.kind}'") == "Service"
    assert desk.out("get svc -o jsonpath='{.kind}'") == "List"
    assert desk.out("get pods -o yaml") == 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n'
    assert desk.out("get pods -o name") == ""


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ("svc -o yml", 'error: unable to match a printer suitable for the output format "yml", allowed formats are: '
         "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,"
         "kyaml,name,template,templatefile,wide,yaml"),
        ("svc -o jsonpath", "error: template format specified but no template given"),
        ("svc -o jsonpath={.a", "error: error parsing jsonpath {.a, unclosed action"),
        ("svc -o jsonpath-file=nosuch",
         "error: error reading --template nosuch, open nosuch: no such file or directory"),
        ("svc -o custom-columns=", "error: custom-columns format specified but no custom columns given"),
        ("svc -o name --show-labels", "error: --show-labels option cannot be used with name printer"),
        ("svc,po --sort-by=.nosuch", 'error: couldn\'t find any field with path "{.nosuch}" in the list of objects'),
        ("svc --output-watch-events",
         "error: --output-watch-events option can only be used with --watch or --watch-only"),
        ("svc,pods -w", "error: you may only specify a single resource type"),
    ],
)  # fmt: skip
def test_refusals(desk, args, error):
    assert desk.error(f"get {args}") == error


def test_formats(desk):
    assert (
        desk.out("get svc -o custom-columns=N:.metadata.name,X:.spec.nosuch") == "N            X\nkubernetes   <none>\n"
    )
    assert desk.out("get svc -o go-template='{{range .items}}{{.metadata.name}}{{end}}'") == "kubernetes"
    assert desk.out("get svc kubernetes --template='{{.kind}}'") == "Service"
    desk.write("t.txt", "{.items[*].metadata.name}")
    assert desk.out("get svc -o jsonpath-file=t.txt") == "kubernetes"


def test_sorting(desk):
    desk.out("create ns b")
    desk.out("create ns a10")
    desk.out("create ns a9")
    names = desk.out("get ns --sort-by=.metadata.name -o name").split()
    assert names[:3] == ["namespace/a9", "namespace/a10", "namespace/b"]
    assert desk.out("get ns --sort-by='{.metadata.name}' --no-headers").split()[0] == "a9"


def test_the_deprecation_of_endpoints_is_told_once(desk):
    result = desk.run("get ep,svc")
    assert result.stderr == "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n"
    assert desk.run("get svc --warnings-as-errors").code == 0
    assert desk.run("get ep --warnings-as-errors").code == 1


def test_watching_shows_the_states_between(desk):
    desk.out("create -f rs.yml")
    lines = desk.out("get pods -w").splitlines()
    states = [line.split()[2] for line in lines[1:]]
    assert lines[0].startswith("NAME ")
    assert states[0] == "Pending"
    assert "ContainerCreating" in states
    assert states[-2:] == ["Running", "Running"]
    assert len(desk.out("get pods -w").splitlines()) == 3


def test_watching_with_events(desk):
    desk.out("create -f rs.yml")
    events = [line.split()[0] for line in desk.out("get pods -w --output-watch-events").splitlines()]
    assert events[:2] == ["EVENT", "ADDED"]
    assert set(events[1:]) == {"ADDED", "MODIFIED"}
    desk.out("scale rs web --replicas=0")
    assert desk.out("get pods --watch-only --output-watch-events").splitlines()[-1].startswith("DELETED ")


def test_a_watcher_leaves_no_trace(desk):
    before = len(desk.cluster.store._watchers)
    desk.run("get pods -w")
    assert len(desk.cluster.store._watchers) == before


def test_sorting_by_what_is_not_there(desk):
    assert desk.run("get ns --sort-by=.nosuch").stderr == "No resources found\n"
    assert "kubernetes" in desk.out("get svc kubernetes --sort-by=.nosuch")
    several = desk.run("get svc,ns --sort-by=.metadata.name")
    assert several.stderr == 'error: couldn\'t find any field with path "{.metadata.name}" in the list of objects\n'
    dead = desk.run("get ns --sort-by=.spec.finalizers")
    assert (dead.code, dead.stderr[:6]) == (1, "F1123 ")
    assert dead.stderr.endswith("unsortable type: []interface {}\n")


def test_a_template_that_breaks_leaves_what_it_had_printed(desk):
    result = desk.run("get svc kubernetes -o go-template='{{.kind}} {{.kind.x}}'")
    assert result.stdout.startswith("Service Error executing template: template: output:1:17: ")
    assert result.stdout.endswith("]]\n\n")
    assert result.code == 1
