"""`label`: what is set and removed, and how it is said."""

import pytest

LABEL_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


@pytest.fixture(autouse=True)
def _service(desk):
    desk.out("create -f svc.yml")


def labels(desk, kind="Service", name="web"):
    return desk.cluster.store.find(kind, "default", name)["metadata"].get("labels", {})


def test_words_of_setting(desk):
    assert desk.out("label svc web x=y") == "service/web labeled\n"
    assert desk.out("label svc web x=y") == "service/web not labeled\n"
    assert desk.error("label svc web x=z") == "error: 'x' already has a value (y), and --overwrite is false"
    assert desk.out("label svc web x=z --overwrite") == "service/web labeled\n"
    assert labels(desk) == {"app": "web", "x": "z"}


def test_words_of_removing(desk):
    assert desk.out("label svc web app-") == "service/web unlabeled\n"
    assert desk.out("label svc web app-") == 'label "app" not found.\nservice/web not labeled\n'
    desk.out("label svc web a=1")
    assert desk.out("label svc web a- b=2") == "service/web modified\n"
    assert labels(desk) == {"b": "2"}


def test_list(desk):
    assert desk.out("label svc web --list") == "app=web\n"
    assert desk.out("label svc web x=1 --list") == "app=web\nx=1\n"
    assert desk.out("label svc --all --list") == (
        "Listing labels for Service./kubernetes:\n component=apiserver\n provider=kubernetes\n"
        "Listing labels for Service./web:\n app=web\n"
    )


def test_several_objects(desk):
    desk.out("create -f rs.yml")
    assert desk.out("label svc,rs web t=1") == "service/web labeled\nreplicaset.apps/web labeled\n"
    assert desk.out("label svc/web rs/web t-") == "service/web unlabeled\nreplicaset.apps/web unlabeled\n"
    assert desk.out("label rs --all u=1") == "replicaset.apps/web labeled\n"
    assert desk.out("label svc,rs -l app=web v=1") == "service/web labeled\n"
    result = desk.run("label svc nope web w=1")
    assert (result.code, result.stdout) == (1, "service/web labeled\n")
    assert result.stderr == 'Error from server (NotFound): services "nope" not found\n'


def test_dry_runs_change_nothing(desk):
    assert desk.out("label svc web m=2 --dry-run=client") == "service/web labeled (dry run)\n"
    assert desk.out("label svc web m=2 --dry-run=server") == "service/web labeled (server dry run)\n"
    assert labels(desk) == {"app": "web"}


def test_local_files_never_meet_the_cluster(desk):
    assert desk.out("label -f svc.yml new=1 --local -o jsonpath='{.metadata.labels}'") == '{"app":"web","new":"1"}'
    assert labels(desk) == {"app": "web"}


def test_a_pods_label_can_take_it_out_of_its_set(desk):
    desk.out("create -f rs.yml")
    desk.cluster.settle()
    name = desk.out("get pods -o jsonpath='{.items[0].metadata.name}'")
    assert desk.out(f"label pod {name} app=other --overwrite") == f"pod/{name} labeled\n"
    desk.cluster.settle()
    assert len(desk.out("get pods -l app=web -o name").split()) == 2
    assert desk.out(f"get pod {name} -o jsonpath='{{.metadata.ownerReferences}}'") == ""


def test_what_the_server_refuses(desk):
    assert desk.error("label svc web x=1 --resource-version=1") == (
        'Error from server (Conflict): Operation cannot be fulfilled on services "web": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("app=1", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("svc web", "error: at least one label update is required"),
        ("svc app=1", "error: resource(s) were provided, but no name was specified"),
        ("svc/web app=1 foo", "error: all resources must be specified before label changes: foo"),
        ("svc web x=5 x-", "error: can not both modify and remove a label in the same command"),
        ("svc web x=b=c", "error: invalid label spec: x=b=c"),
        ("svc web 'x=b c'", f'error: invalid label value: "x=b c": {LABEL_RULE}'),
        ("svc web k=-x", f'error: invalid label value: "k=-x": {LABEL_RULE}'),
        (f"svc web k={64 * 'a'}", f'error: invalid label value: "k={64 * "a"}": must be no more than 63 bytes'),
        ("svc --all m=2 --resource-version=1", "error: --resource-version may only be used with a single resource"),
        ("svc -l a=b --all m=3", "error: cannot set --all and --selector at the same time"),
        (
            "svc web --local n=3",
            "error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set",
        ),
        ("--local n=3", "error: one or more files must be specified as -f pod.yaml or --filename=pod.json"),
        ("foo web n=3", 'error: the server doesn\'t have a resource type "foo"'),
        ("svc nope n=3", 'Error from server (NotFound): services "nope" not found'),
        ("-f nofile.yml n=3", 'error: the path "nofile.yml" does not exist'),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"label {line}") == error


def test_the_server_is_not_asked_where_nothing_changes(desk):
    desk.out("create ns team")
    desk.out("label ns team a=b")
    assert desk.out("label ns team a=b --resource-version=1") == "namespace/team not labeled\n"
