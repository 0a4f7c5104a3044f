"""`apply`: three ways, what is noted, and what is said."""

import json

import pytest

NOTE = "kubectl.kubernetes.io/last-applied-configuration"
UNNOTED = (
    "Warning: resource services/web is missing the kubectl.kubernetes.io/last-applied-configuration annotation which "
    "is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either "
    "kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n"
)


def service(desk, name="web", namespace="default"):
    return desk.cluster.store.find("Service", namespace, name)


def edit(desk, old, new, file="svc.yml"):
    text = (desk.folder / file).read_text()
    assert old in text
    desk.write(file, text.replace(old, new))


def test_words(desk):
    assert desk.out("apply -f svc.yml") == "service/web created\n"
    assert desk.out("apply -f svc.yml") == "service/web unchanged\n"
    edit(desk, "8080", "9090")
    assert desk.out("apply -f svc.yml") == "service/web configured\n"
    assert desk.out("apply -f svc.yml -o name") == "service/web\n"
    assert desk.out("apply -f svc.yml -f rs.yml") == "service/web unchanged\nreplicaset.apps/web created\n"
    assert desk.out("apply -f -", stdin=(desk.folder / "rs.yml").read_text()) == "replicaset.apps/web unchanged\n"


def test_the_note_is_what_the_file_said(desk):
    desk.write("svc.yml", "kind: Service\napiVersion: v1\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n")
    desk.out("apply -f svc.yml")
    assert service(desk)["metadata"]["annotations"][NOTE] == (
        '{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"name":"web","namespace":"default"},'
        '"spec":{"ports":[{"port":80}]}}\n'
    )


def test_the_note_escapes_as_go_does(desk):
    edit(desk, "labels: {app: web}", "annotations: {words: 'a < b & c'}")
    desk.out("apply -f svc.yml")
    note = service(desk)["metadata"]["annotations"][NOTE]
    assert "a \\u003c b \\u0026 c" in note
    assert json.loads(note)["metadata"]["annotations"] == {"words": "a < b & c"}


def test_what_the_file_drops_goes_and_what_others_set_stays(desk):
    edit(desk, "labels: {app: web}", "labels: {app: web, drop: me}")
    desk.out("apply -f svc.yml")
    desk.out("label svc web extra=1")
    edit(desk, ", drop: me", "")
    assert desk.out("apply -f svc.yml") == "service/web configured\n"
    assert service(desk)["metadata"]["labels"] == {"app": "web", "extra": "1"}


def test_it_wins_back_what_others_changed(desk):
    desk.out("apply -f rs.yml")
    desk.out("scale rs web --replicas=5")
    assert desk.out("apply -f rs.yml") == "replicaset.apps/web configured\n"
    assert desk.out("get rs web -o jsonpath='{.spec.replicas}'") == "2"


def test_what_the_file_leaves_out_is_left_to_others(desk):
    edit(desk, "  replicas: 2\n", "", "rs.yml")
    desk.out("apply -f rs.yml")
    desk.out("scale rs web --replicas=5")
    assert desk.out("apply -f rs.yml") == "replicaset.apps/web unchanged\n"
    assert desk.out("get rs web -o jsonpath='{.spec.replicas}'") == "5"


def test_a_created_object_is_adopted_with_a_warning(desk):
    desk.out("create -f svc.yml")
    result = desk.run("apply -f svc.yml")
    assert (result.stdout, result.stderr, result.code) == ("service/web configured\n", UNNOTED, 0)
    assert desk.run("apply -f svc.yml").stderr == ""


def test_saved_config_is_a_note(desk):
    desk.out("create -f svc.yml --save-config")
    result = desk.run("apply -f svc.yml")
    assert (result.stdout, result.stderr) == ("service/web unchanged\n", "")


def test_ports_merge_by_number(desk):
    desk.out("apply -f svc.yml")
    edit(desk, "  - port: 80\n    targetPort: 8080\n", "  - {name: a, port: 80}\n  - {name: b, port: 81}\n")
    assert desk.out("apply -f svc.yml") == "service/web configured\n"
    assert [port["name"] for port in service(desk)["spec"]["ports"]] == ["a", "b"]
    edit(desk, "  - {name: a, port: 80}\n", "")
    desk.out("apply -f svc.yml")
    assert [port["port"] for port in service(desk)["spec"]["ports"]] == [81]


def test_dry_runs(desk):
    assert desk.out("apply -f svc.yml --dry-run=client") == "service/web created (dry run)\n"
    assert desk.out("apply -f svc.yml --dry-run=server") == "service/web created (server dry run)\n"
    assert service(desk) is None
    desk.out("apply -f svc.yml")
    assert desk.out("apply -f svc.yml --dry-run=client") == "service/web unchanged (dry run)\n"
    edit(desk, "8080", "9090")
    assert desk.out("apply -f svc.yml --dry-run=client") == "service/web configured (dry run)\n"
    assert desk.out("apply -f svc.yml --dry-run=server") == "service/web configured (server dry run)\n"
    assert service(desk)["spec"]["ports"][0]["targetPort"] == 8080


def test_a_folder_and_several_documents(desk):
    for file in ("svc.yml", "rs.yml"):
        desk.write(f"all/{file}", (desk.folder / file).read_text())
    assert desk.out("apply -f all") == "replicaset.apps/web created\nservice/web created\n"
    both = (desk.folder / "svc.yml").read_text() + "---\n" + (desk.folder / "rs.yml").read_text()
    assert desk.out("apply -f -", stdin=both) == "service/web unchanged\nreplicaset.apps/web unchanged\n"
    assert desk.out("apply -f all -l app=web") == "service/web unchanged\n"


def test_a_list_is_its_objects(desk):
    desk.out("apply -f svc.yml -f rs.yml")
    desk.write("list.json", desk.out("get svc/web rs/web -o json"))
    desk.out("delete -f svc.yml -f rs.yml")
    assert desk.out("apply -f list.json") == "service/web created\nreplicaset.apps/web created\n"


def test_one_failure_does_not_stop_the_rest(desk):
    desk.write("bad.yml", (desk.folder / "svc.yml").read_text().replace("port: 80", "port: 0"))
    result = desk.run("apply -f bad.yml -f rs.yml")
    assert (result.stdout, result.code) == ("replicaset.apps/web created\n", 1)
    assert result.stderr.startswith('The Service "web" is invalid: ')


def test_what_cannot_change(desk):
    desk.out("apply -f rs.yml")
    edit(desk, "app: web", "app: other", "rs.yml")
    error = desk.error("apply -f rs.yml")
    assert error.startswith('The ReplicaSet "web" is invalid: spec.selector: Invalid value: ')
    assert error.endswith("field is immutable")


def test_a_namespace_that_is_not_there(desk):
    edit(desk, "  name: web", "  name: web\n  namespace: away")
    assert desk.error("apply -f svc.yml") == (
        'Error from server (NotFound): error when creating "svc.yml": namespaces "away" not found'
    )
    desk.out("create ns away")
    assert desk.out("apply -f svc.yml") == "service/web created\n"
    assert service(desk, namespace="away")
    assert desk.error("apply -f svc.yml -n default") == (
        'error: the namespace from the provided object "away" does not match the namespace "default". You must pass '
        "'--namespace=away' to perform this operation."
    )


def test_an_old_version_conflicts(desk):
    desk.out("apply -f svc.yml")
    edit(desk, "  name: web", "  name: web\n  resourceVersion: '1'")
    lines = desk.error("apply -f svc.yml").split("\n")
    assert lines[0] == "Error from server (Conflict): error when applying patch:"
    assert lines[2:5] == [
        "to:",
        'Resource: "/v1, Resource=services", GroupVersionKind: "/v1, Kind=Service"',
        'Name: "web", Namespace: "default"',
    ]
    assert lines[5].endswith("please apply your changes to the latest version and try again")


def test_view_and_set_what_is_noted(desk):
    desk.write("svc.yml", "kind: Service\napiVersion: v1\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n")
    desk.out("create -f svc.yml")
    assert desk.out("apply view-last-applied svc web") == ""
    assert desk.error("apply set-last-applied -f svc.yml").startswith("error: no last-applied-configuration annotation")
    assert desk.out("apply set-last-applied -f svc.yml --create-annotation") == "service/web configured\n"
    assert desk.out("apply view-last-applied svc/web") == (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: default\nspec:\n  ports:\n  - port: 80\n"
    )


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: must specify one of -f and -k"),
        ("-f svc.yml x", "error: Unexpected args: [x]\nSee 'kubectl apply -h' for help and examples"),
        ("-f nofile.yml", 'error: the path "nofile.yml" does not exist'),
        ("-f svc.yml -l a=b", "error: no objects passed to apply"),
        ("-f svc.yml --force --dry-run=server", "error: --dry-run=server cannot be used with --force"),
        ("-f svc.yml --dry-run=foo",
         'error: Invalid dry-run value (foo). Must be "none", "server", or "client".'),
        ("-k .", "error: the flag -k is known to Kubernetes, not to kubelab"),
        ("-f svc.yml --server-side", "error: the flag --server-side is known to Kubernetes, not to kubelab"),
        ("-f svc.yml --prune", "error: the flag --prune is known to Kubernetes, not to kubelab"),
        ("set-last-applied -f rs.yml", 'Error from server (NotFound): replicasets.apps "web" not found'),
    ],
)  # fmt: skip
def test_errors(desk, line, error):
    assert desk.error(f"apply {line}").startswith(error)
