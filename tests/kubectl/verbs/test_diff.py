"""`diff`: what apply would change, and exit codes."""

import pytest

HUNK = """\
@@ -22,7 +22,7 @@
   ports:
   - port: 80
     protocol: TCP
-    targetPort: 8080
+    targetPort: 9090
   selector:
     app: web
   sessionAffinity: None
"""


def test_differences(desk):
    desk.out("apply -f svc.yml")
    assert desk.out("diff -f svc.yml") == ""
    desk.write("svc.yml", (desk.folder / "svc.yml").read_text().replace("8080", "9090"))
    result = desk.run("diff -f svc.yml")
    assert (result.stderr, result.code) == ("", 1)
    command, old, new, hunk = result.stdout.split("\n", 3)
    assert command.startswith("diff -u -N /tmp/LIVE-")
    assert command.endswith("/v1.Service.default.web")
    assert (old[:14], new[:16]) == ("--- /tmp/LIVE-", "+++ /tmp/MERGED-")
    assert hunk == HUNK
    assert desk.out("get svc web -o jsonpath='{.spec.ports[0].targetPort}'") == "8080"


def test_what_is_new(desk):
    result = desk.run("diff -f rs.yml")
    assert result.code == 1
    assert "/apps.v1.ReplicaSet.default.web\n" in result.stdout
    assert "\n+kind: ReplicaSet\n" in result.stdout
    assert desk.error("get rs web").startswith("Error from server (NotFound)")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: must specify one of -f and -k\n"),
        ("-f nofile.yml", 'error: the path "nofile.yml" does not exist\n'),
        ("svc web", "error: Unexpected args: [svc web]\nSee 'kubectl diff -h' for help and examples\n"),
    ],
)
def test_errors_are_more_than_differences(desk, line, error):
    result = desk.run(f"diff {line}")
    assert (result.stderr, result.code) == (error, 2)
