"""The page of what there is stays current, and names what it must."""

from kubelab.api import kinds
from kubelab.kubectl import page


def test_the_page_is_current() -> None:
    assert page.FILE.read_text(encoding="utf-8") == page.page(), "run python -m kubelab.kubectl.page"


def test_it_names_kinds_verbs_flags_and_programs() -> None:
    text = page.page()
    for kind in kinds.KINDS:
        assert f"| {kind.kind} |" in text
    for word in (
        "`kubectl get`",
        "`kubectl rollout undo`",
        "`kubectl edit`",
        "`--replicas`",
        "`configmaps`",
        "nslookup",
    ):
        assert word in text, word
