"""`rollout`: revisions, and the clock that runs while status is watched."""

import pytest


@pytest.fixture(autouse=True)
def _deployment(desk):
    desk.out("create deployment site --image=nginx --replicas=3")


def waiting(what):
    return f'Waiting for deployment "site" rollout to finish: {what}...\n'


DONE = 'deployment "site" successfully rolled out\n'


def update(desk, image):
    desk.out(f"set image deploy/site nginx={image}")
    desk.out("rollout status deploy/site")


def test_status_steps_the_clock(desk):
    before = desk.cluster.clock.now
    out = desk.out("rollout status deploy/site")
    assert out.startswith(waiting("0 of 3 updated replicas are available"))
    assert out.endswith(DONE)
    assert desk.cluster.clock.now > before
    assert desk.out("rollout status deploy site") == DONE


def test_status_of_an_update(desk):
    desk.cluster.settle()
    desk.out("set image deploy/site nginx=httpd")
    lines = desk.out("rollout status deploy/site").splitlines(keepends=True)
    assert list(dict.fromkeys(lines)) == [
        waiting("1 out of 3 new replicas have been updated"),
        waiting("2 out of 3 new replicas have been updated"),
        waiting("1 old replicas are pending termination"),
        DONE,
    ]


def test_status_once(desk):
    assert desk.out("rollout status deploy/site --watch=false") == waiting("0 of 3 updated replicas are available")


def test_status_gives_up(desk):
    result = desk.run("rollout status deploy/site --timeout=1s")
    assert result.stdout == waiting("0 of 3 updated replicas are available")
    assert (result.stderr, result.code) == ("error: timed out waiting for the condition\n", 1)


def test_history_and_undo(desk):
    desk.cluster.settle()
    update(desk, "httpd")
    assert desk.out("rollout history deploy/site") == (
        "deployment.apps/site \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n"
    )
    assert desk.out("rollout undo deploy/site") == "deployment.apps/site rolled back\n"
    desk.cluster.settle()
    assert desk.out("get deploy site -o jsonpath='{.spec.template.spec.containers[0].image}'") == "nginx"
    assert desk.out("rollout history deploy site") == (
        "deployment.apps/site \nREVISION  CHANGE-CAUSE\n2         <none>\n3         <none>\n\n"
    )
    assert desk.out("rollout undo deploy/site --to-revision=2") == "deployment.apps/site rolled back\n"
    desk.cluster.settle()
    assert desk.out("get deploy site -o jsonpath='{.spec.template.spec.containers[0].image}'") == "httpd"


def test_one_revision(desk):
    desk.cluster.settle()
    text = desk.out("rollout history deploy/site --revision=1")
    assert text.startswith(
        "deployment.apps/site with revision #1\nPod Template:\n  Labels:\tapp=site\n\tpod-template-h"
    )
    assert "\n   nginx:\n    Image:\tnginx\n    Port:\t<none>\n" in text
    assert desk.error("rollout history deploy/site --revision=9") == "error: unable to find the specified revision"


def test_causes(desk):
    desk.cluster.settle()
    desk.out("annotate deploy/site kubernetes.io/change-cause='first try'")
    desk.cluster.settle()
    assert "\n1         first try\n" in desk.out("rollout history deploy/site")


def test_undo_to_what_is_there(desk):
    desk.cluster.settle()
    update(desk, "httpd")
    assert desk.out("rollout undo deploy/site --to-revision=2") == (
        "deployment.apps/site skipped rollback (current template already matches revision 2)\n"
    )
    assert (
        desk.error("rollout undo deploy/site --to-revision=9")
        == "error: unable to find specified revision 9 in history"
    )
    assert (
        desk.out("rollout undo deploy/site --dry-run=server") == "deployment.apps/site rolled back (server dry run)\n"
    )


def test_nothing_to_go_back_to(desk):
    desk.cluster.settle()
    assert desk.error("rollout undo deploy/site") == 'error: no rollout history found for deployment "site"'


def test_restart(desk):
    desk.cluster.settle()
    before = desk.out("get pods -o name")
    assert desk.out("rollout restart deploy/site") == "deployment.apps/site restarted\n"
    desk.out("rollout status deploy/site")
    desk.cluster.settle()
    assert not set(before.split()) & set(desk.out("get pods -o name").split())


def test_pause_and_resume(desk):
    desk.cluster.settle()
    update(desk, "nginx:1.29")
    before = desk.out("get pods -o name")
    assert desk.out("rollout pause deploy/site") == "deployment.apps/site paused\n"
    assert desk.error("rollout pause deploy/site") == 'error: deployments.apps "site" is already paused'
    desk.out("set image deploy/site nginx=httpd")
    desk.cluster.settle()
    assert desk.out("get pods -o name") == before
    assert desk.error("rollout restart deploy/site") == (
        'error: deployments.apps "site" can\'t restart paused deployment (run rollout resume first)'
    )
    assert desk.error("rollout undo deploy/site") == (
        "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
    )
    assert desk.out("rollout resume deploy/site") == "deployment.apps/site resumed\n"
    assert desk.error("rollout resume deploy/site") == 'error: deployments.apps "site" is not paused'
    assert desk.out("rollout status deploy/site").endswith(DONE)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("status", "error: required resource not specified"),
        ("status deploy/nope", 'Error from server (NotFound): deployments.apps "nope" not found'),
        ("status deploy/site --revision=-3", "error: revision must be a positive integer: -3"),
        ("history deploy/site --revision=-1", "error: revision must be a positive integer: -1"),
        ("status rs/web", "error: no status viewer has been implemented for ReplicaSet.apps"),
        ("history svc/kubernetes",
         'error: error retrieving history for "Service", no visitor method exists for { Service}'),
        ("undo rs/web", 'error: no rollbacker has been implemented for "ReplicaSet.apps"'),
        ("restart rs/web", 'error: replicasets.apps "web" restarting is not supported'),
        ("pause rs/web", 'error: replicasets.apps "web" pausing is not supported'),
        ("resume svc/kubernetes", 'error: services "kubernetes" resuming is not supported'),
        ("foo", "error: unknown command \"foo\"\nSee 'kubectl rollout -h' for help and examples"),
    ],
)  # fmt: skip
def test_errors(desk, line, error):
    desk.out("create -f rs.yml")
    assert desk.error(f"rollout {line}") == error


def test_a_deadline_that_was_shortened_counts(desk):
    desk.out("rollout status deploy/site")
    desk.out("set image deploy/site nginx=nginx:nosuch")
    patch = '{"spec":{"progressDeadlineSeconds":5}}'
    desk.out(f"patch deploy site -p '{patch}'")
    assert desk.run("rollout status deploy/site").stderr == 'error: deployment "site" exceeded its progress deadline\n'


def test_an_adopted_replica_set_is_revision_0(desk):
    template = "metadata: {labels: {app: old}}, spec: {containers: [{name: c, image: nginx}]}"
    for name, kind, labels, tag in (("old", "ReplicaSet", "{app: old}", ""), ("new", "Deployment", "{}", ":1.27")):
        spec = f"{{selector: {{matchLabels: {{app: old}}}}, template: {{{template.replace('nginx', 'nginx' + tag)}}}}}"
        text = f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}, labels: {labels}}}\nspec: {spec}\n"
        desk.out("create -f -", stdin=text)
    assert desk.out("rollout history deploy new").splitlines()[2:] == ["0         <none>", "1         <none>", ""]
    assert desk.out("rollout undo deploy new") == "deployment.apps/new rolled back\n"
    assert desk.out("rollout history deploy new").splitlines()[2:] == ["1         <none>", "2         <none>", ""]
