"""`delete`: what goes, what is said, how long it waits."""

import pytest

FORCED = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely.\n"
)


@pytest.fixture(autouse=True)
def _objects(desk):
    desk.out("create -f svc.yml -f rs.yml")


def test_wording(desk):
    assert desk.out("delete svc web --dry-run=client") == 'service "web" deleted from default namespace (dry run)\n'
    assert (
        desk.out("delete svc web --dry-run=server") == 'service "web" deleted from default namespace (server dry run)\n'
    )
    assert desk.out("delete rs/web -o name") == "replicaset.apps/web\n"
    assert desk.out("delete -f svc.yml") == 'service "web" deleted from default namespace\n'
    desk.out("create ns x")
    assert desk.out("delete ns x") == 'namespace "x" deleted\n'
    assert desk.out("delete pods -l no=where") == "No resources found\n"


def test_it_waits_until_pods_have_gone(desk):
    desk.run("get pods")
    name = desk.out("get pods -o name").split()[0]
    desk.out(f"delete {name}")
    assert desk.error(f"get {name}").startswith("Error from server (NotFound)")


def test_without_waiting_a_pod_is_still_there(desk):
    desk.run("get pods")
    name = desk.out("get pods -o jsonpath='{.items[0].metadata.name}'")
    desk.out(f"delete pod {name} --wait=false")
    assert desk.cluster.store.find("Pod", "default", name)["metadata"]["deletionTimestamp"]


def test_a_finalizer_ends_the_wait_with_a_word(desk):
    desk.out("""patch svc web -p '{"metadata":{"finalizers":["example.com/stay"]}}'""")
    result = desk.run("delete svc web")
    assert result.stdout == 'service "web" deleted from default namespace\n'
    assert "a finalizer keeps it" in result.stderr
    assert desk.error("delete svc web --timeout=5s") == "error: timed out waiting for the condition on services/web"


def test_force(desk):
    result = desk.run("delete rs web --force")
    assert result.stdout == 'replicaset.apps "web" force deleted from default namespace\n'
    assert result.stderr == FORCED


def test_orphans_stay(desk):
    desk.run("get pods")
    before = desk.out("get pods -o name")
    desk.out("delete rs web --cascade=orphan")
    assert desk.out("get pods -o name") == before
    assert desk.out("get pods -o jsonpath='{.items[*].metadata.ownerReferences}'") == ""


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("svc web --now --grace-period=3", "error: --now and --grace-period cannot be specified together"),
        ("svc web --force --grace-period=3",
         "error: --force and --grace-period greater than 0 cannot be specified together"),
        ("svc web -o yaml", "error: unexpected -o output mode: yaml. We only support '-o name'"),
        ("svc web --cascade=foo",
         'error: invalid cascade value (foo). Must be "background", "foreground", or "orphan"'),
        ("svc --all -l a=b", "error: setting 'all' parameter but found a non empty selector. "),
        ("svc --all --field-selector a=b", "error: setting 'all' parameter but found a non empty selector. "),
        ("svc x web y", 'Error from server (NotFound): services "x" not found\n'
                        'Error from server (NotFound): services "y" not found'),
        ("-f nosuch.yml", 'error: the path "nosuch.yml" does not exist'),
        ("ns default",
         'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted'),
    ],
)  # fmt: skip
def test_refusals(desk, line, error):
    assert desk.error(f"delete {line}") == error


def test_deleting_from_a_file_names_it(desk):
    desk.out("delete -f svc.yml")
    assert desk.error("delete -f svc.yml") == (
        'Error from server (NotFound): error when deleting "svc.yml": services "web" not found'
    )


def test_the_service_kubernetes_comes_back(desk):
    before = desk.out("get svc,ep,endpointslices kubernetes -o jsonpath='{.items[*].spec}{.items[*].subsets}'")
    desk.out("delete svc --all")
    assert desk.out("get svc,ep,endpointslices -o name") == (
        "service/kubernetes\nendpoints/kubernetes\nendpointslice.discovery.k8s.io/kubernetes\n"
    )
    after = desk.out("get svc,ep,endpointslices kubernetes -o jsonpath='{.items[*].spec}{.items[*].subsets}'")
    assert after == before
