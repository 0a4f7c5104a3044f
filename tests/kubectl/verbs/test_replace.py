"""`replace`: put in the place of what is there, or anew."""

import pytest

OTHER = """\
apiVersion: v1
kind: Service
metadata:
  name: other
spec:
  ports:
  - port: 81
"""


@pytest.fixture(autouse=True)
def _service(desk):
    desk.out("create -f svc.yml")
    desk.write("other.yml", OTHER)


def uid(desk, name="web"):
    return desk.cluster.store.find("Service", "default", name)["metadata"]["uid"]


def test_words(desk):
    assert desk.out("replace -f svc.yml") == "service/web replaced\n"
    assert desk.out("replace -f svc.yml --dry-run=client") == "service/web replaced (dry run)\n"
    assert desk.out("replace -f svc.yml --dry-run=server") == "service/web replaced (server dry run)\n"
    assert desk.out("replace -f svc.yml -o name") == "service/web\n"
    assert desk.out("replace -f -", stdin=(desk.folder / "svc.yml").read_text()) == "service/web replaced\n"


def test_it_is_the_same_object_with_its_address(desk):
    before = uid(desk)
    address = desk.out("get svc web -o jsonpath='{.spec.clusterIP}'")
    desk.write("svc.yml", (desk.folder / "svc.yml").read_text().replace("8080", "9090"))
    desk.out("replace -f svc.yml")
    assert uid(desk) == before
    assert desk.out("get svc web -o jsonpath='{.spec.clusterIP} {.spec.ports[0].targetPort}'") == f"{address} 9090"


def test_what_is_not_named_goes(desk):
    desk.out("label svc web extra=1")
    desk.out("replace -f svc.yml")
    assert desk.out("get svc web -o jsonpath='{.metadata.labels}'") == '{"app":"web"}'


def test_what_is_not_there(desk):
    desk.out("create -f rs.yml")
    desk.out("delete rs web")
    assert desk.error("replace -f rs.yml") == (
        'Error from server (NotFound): error when replacing "rs.yml": replicasets.apps "web" not found'
    )


def test_force_deletes_and_creates(desk):
    before = uid(desk)
    out = desk.out("replace --force -f svc.yml")
    assert out == 'service "web" deleted from default namespace\nservice/web replaced\n'
    assert uid(desk) != before
    assert desk.out("replace --force -f other.yml") == "service/other replaced\n"


def test_save_config(desk):
    desk.out("replace -f svc.yml --save-config")
    assert desk.out("apply -f svc.yml") == "service/web unchanged\n"


def test_an_old_version_conflicts(desk):
    text = (desk.folder / "svc.yml").read_text()
    desk.write("svc.yml", text.replace("name: web", "name: web\n  resourceVersion: '1'"))
    assert desk.error("replace -f svc.yml") == (
        'Error from server (Conflict): error when replacing "svc.yml": Operation cannot be fulfilled on services '
        '"web": the object has been modified; please apply your changes to the latest version and try again'
    )


def test_a_bare_dry_run_is_deprecated(desk):
    result = desk.run("replace -f svc.yml --dry-run")
    assert result.stdout == "service/web replaced (dry run)\n"
    assert result.stderr.startswith("W1123 ")
    assert result.stderr.endswith("--dry-run is deprecated and can be replaced with --dry-run=client.\n")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: must specify one of -f and -k"),
        ("-f nofile.yml", 'error: the path "nofile.yml" does not exist'),
        ("-f svc.yml --grace-period=0", "error: --grace-period must have --force specified"),
        ("-f svc.yml --timeout=5s", "error: --timeout must have --force specified"),
        ("--force --dry-run=client -f svc.yml", "error: --dry-run can not be used when --force is set"),
        (
            "-f svc.yml --validate=foo",
            'error: invalid - validate option "foo"; must be one of: strict (or true), warn, ignore (or false)',
        ),
        ("-f svc.yml -n kube-system", None),
    ],
)
def test_errors(desk, line, error):
    if error is not None:
        assert desk.error(f"replace {line}") == error
    else:
        desk.out(f"replace {line}")


def test_a_pod_replaced_as_it_was_made_shows_what_the_cluster_added(desk):
    spec = "{containers: [{name: c, image: a/b}]}"
    desk.write("pod.yml", f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n")
    desk.out("create -f pod.yml")
    text = desk.run("replace -f pod.yml").stderr
    assert text.startswith('The Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than')
    for field, gone in (("nodeName", 1), ("serviceAccountName", 1), ("priority", 0), ("preemptionPolicy", 0)):
        assert text.count(f'- "{field}": ') == gone
