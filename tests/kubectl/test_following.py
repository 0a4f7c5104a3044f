"""How long a command watches when it was given no time."""

STUCK = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: stuck
spec:
  progressDeadlineSeconds: 30
  selector:
    matchLabels: {app: stuck}
  template:
    metadata:
      labels: {app: stuck}
    spec:
      containers:
      - name: c
        image: nginx
        readinessProbe:
          exec:
            command: ["false"]
"""
WAITING = 'Waiting for deployment "stuck" rollout to finish: 0 of 1 updated replicas are available...\n'


def test_a_rollout_is_watched_until_its_deadline(desk):
    desk.write("d.yml", STUCK)
    desk.out("create -f d.yml")
    desk.cluster.settle()
    before = desk.cluster.clock.now
    result = desk.run("rollout status deploy/stuck")
    assert result.stdout == WAITING
    assert result.stderr == 'error: deployment "stuck" exceeded its progress deadline\n'
    assert 20_000 < desk.cluster.clock.now - before < 40_000


def test_a_rollout_without_a_deadline_is_watched_while_something_moves(desk):
    desk.write("d.yml", STUCK.replace("30", "2147483647"))
    desk.out("create -f d.yml")
    result = desk.run("rollout status deploy/stuck")
    assert result.stdout.endswith(WAITING)
    assert "does not move any more" in result.stderr
