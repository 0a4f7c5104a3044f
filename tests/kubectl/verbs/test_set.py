"""`set image`, `set env`, `set selector`: what changes and what is said."""

import pytest

NEEDS_FILES = """\
error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'"""


@pytest.fixture(autouse=True)
def _objects(desk):
    desk.out("create -f svc.yml")
    desk.out("create deployment site --image=nginx:1 --replicas=2")


def image(desk):
    return desk.out("get deploy site -o jsonpath='{.spec.template.spec.containers[*].image}'")


def test_images(desk):
    assert desk.out("set image deploy/site nginx=nginx:2") == "deployment.apps/site image updated\n"
    assert desk.out("set image deploy/site nginx=nginx:2") == ""
    assert desk.out("set image deploy site '*=nginx:3'") == "deployment.apps/site image updated\n"
    assert desk.out("set image deploy --all nginx=nginx:4 -o name") == "deployment.apps/site\n"
    assert image(desk) == "nginx:4"


def test_dry_runs_change_nothing(desk):
    assert (
        desk.out("set image deploy/site nginx=x --dry-run=client") == "deployment.apps/site image updated (dry run)\n"
    )
    server = desk.out("set image deploy/site nginx=x --dry-run=server")
    assert server == "deployment.apps/site image updated (server dry run)\n"
    assert image(desk) == "nginx:1"


def test_files_alone(desk):
    desk.out("create -f rs.yml")
    line = "set image -f rs.yml web=nginx --local -o jsonpath='{.spec.template.spec.containers[0].image}'"
    assert desk.out(line) == "nginx"
    assert desk.error("set image deploy/site nginx=x --local -o yaml") == NEEDS_FILES


def test_an_unknown_container_does_not_stop_the_others(desk):
    result = desk.run("set image deploy/site x=nginx:3 nginx=nginx:4")
    assert result.stdout == "deployment.apps/site image updated\n"
    assert (result.stderr, result.code) == ('error: unable to find container named "x"\n', 1)
    assert image(desk) == "nginx:4"


def test_env(desk):
    assert desk.out("set env deploy/site A=1 B=two") == "deployment.apps/site env updated\n"
    assert desk.out("set env deploy/site --list") == "# Deployment site, container nginx\nA=1\nB=two\n"
    assert desk.out("set env deploy/site A-") == "deployment.apps/site env updated\n"
    assert desk.out("set env deploy/site --list") == "# Deployment site, container nginx\nB=two\n"


def test_selectors(desk):
    assert desk.out("set selector svc web app=other,tier=front") == "service/web selector updated\n"
    assert desk.out("get svc web -o jsonpath='{.spec.selector}'") == '{"app":"other","tier":"front"}'
    assert desk.out("set selector svc/web app=web --dry-run=client") == "service/web selector updated (dry run)\n"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("foo", "error: unknown command \"foo\"\nSee 'kubectl set -h' for help and examples"),
        ("image deploy/site", "error: at least one image update is required"),
        ("image deploy/site x=nginx", 'error: unable to find container named "x"'),
        ("image deploy/site '*=a' nginx=b",
         "error: all containers are already specified by *, but saw more than one "
         "container_name=container_image pairs"),
        ("image deploy site nginx=b foo", "error: all resources must be specified before image changes: foo"),
        ("image deploy/nope nginx=b", 'Error from server (NotFound): deployments.apps "nope" not found'),
        ("selector", "error: one selector is required"),
        ("selector svc web", "error: resource(s) were provided, but no name was specified"),
        ("selector deploy site app=x", "error: setting a selector is only supported for Services"),
        ("resources deploy site", 'error: the command "kubectl set resources" is known to Kubernetes, not to kubelab'),
    ],
)  # fmt: skip
def test_errors(desk, line, error):
    assert desk.error(f"set {line}") == error


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("A=1 deploy/site", "error: all resources must be specified before environment changes: A=1 deploy/site"),
        ("deploy/site A=1 A-",
         "error: can not both modify and remove the same environment variable in the same command"),
        ("deploy/site -e A", "error: unknown environment variable: A"),
        ("deploy/site ..=1", "error: \"..\" is not a valid key name: must not be '..'"),
        ("deploy/site --list -o yaml", "error: --list and --output may not be specified together"),
    ],
)  # fmt: skip
def test_what_set_env_refuses(desk, line, error):
    assert desk.error(f"set env {line}") == error
    assert desk.error("set env deploy/site 1A=2").startswith('error: "1A" is not a valid key name: a valid environment')


def test_set_env_lists_what_would_be(desk):
    desk.out("set env deploy/site A=1 B=2")
    listed = desk.out("set env svc/kubernetes deploy/site A- C=3 --list")
    assert listed == "# Deployment site, container nginx\nB=2\nC=3\n"


def test_variables_keep_their_places(desk):
    desk.out("set env deploy/site A=1 B=2")
    desk.out("set env deploy/site Z=3 A=4")
    assert desk.out("get deploy site -o jsonpath='{.spec.template.spec.containers[0].env}'") == (
        '[{"name":"A","value":"4"},{"name":"B","value":"2"},{"name":"Z","value":"3"}]'
    )
    desk.out("set env deploy/site A- B- Z-")
    assert desk.out("get deploy site -o jsonpath='{.spec.template.spec.containers[0].env}'") == ""
