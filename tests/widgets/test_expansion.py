import pytest

from kubelab.widgets import expansion, magics, streams

NAMES = {
    "pod": "nettool",
    "n": 3,
    "items": "never",
    "made": magics.Output("pod/a\npod/b\n", "", 0),
    "f": len,
    "spec": "x",
}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("get pod $pod", "get pod nettool"),
        ("get pod {pod} -o yaml", "get pod nettool -o yaml"),
        ("get pod ${pod}-1", "get pod nettool-1"),
        ("scale rs/web --replicas={n}", "scale rs/web --replicas=3"),
        ('label pod "$pod" a=b', 'label pod "nettool" a=b'),
        ("delete {made}", "delete pod/a\npod/b"),
        ("get pod '$pod' {pod}", "get pod '$pod' nettool"),
        ("exec $pod -- sh -c 'echo $pod {n}'", "exec nettool -- sh -c 'echo $pod {n}'"),
        ("get pods -o jsonpath='{.items[0].metadata.name}'", None),
        ("get pods -o jsonpath={.items[*].status.podIP}", None),
        ("get pods -o jsonpath='{range .items[*]}{.metadata.name}{end}'", None),
        ("get pods -o custom-columns=NAME:.metadata.name", None),
        ("""patch svc x -p '{"spec":{"type":"NodePort"}}'""", None),
        ("patch svc x -p {spec:1}", None),
        ("get pod $unknown {unknown} {f} $f {} {1} $1", None),
        ("echo \\'$pod", "echo \\'nettool"),
        ("open 'quote $pod", None),
        ("it's \"don't $pod\" ok", "it's \"don't nettool\" ok"),
    ],
)
def test_variables_stand_where_a_shells_would(line: str, expected: str | None) -> None:
    assert expansion.expand(line, expansion.texts(NAMES)) == (line if expected is None else expected)


def test_a_shell_gets_its_own_variables() -> None:
    values = expansion.texts({"pod": "nettool", "i": 3})
    line = "for i in 1 2; do kubectl exec {pod} -- echo $i ${i} '{pod}'; done"
    assert expansion.expand(line, values, shell=True) == line.replace("{pod} --", "nettool --")


@pytest.mark.parametrize(
    ("line", "shell"),
    [
        ("get pods", False),
        ("get pods | grep x", True),
        ("get pods -l 'a in (b|c)'", False),
        ('get pods -l "a in (b;c)"', False),
        ("get pod $(kubectl get pods -o name)", True),
        ('get pod "$(kubectl get pods -o name)"', True),
        ("get pod '$(x)'", False),
        ("get pods; get svc", True),
        ("get svc web -o yaml > web.yml", True),
        ("get pods # | not a pipe", False),
        ("get pods a#b | wc", True),
        ("label pod x a=b\\|c", False),
        ("get pods -o jsonpath='{.items[?(@.a>1)]}'", False),
        ("get pods `date`", True),
    ],
)
def test_a_line_for_more_than_one_program_is_a_shell_line(line: str, shell: bool) -> None:
    assert expansion.is_shell(line) == shell


def test_warnings_come_before_the_table_and_errors_behind() -> None:
    assert streams.in_order("NAME\na\n", "Warning: old\nerror: b\n") == "Warning: old\nNAME\na\nerror: b\n"
    assert streams.in_order("x", "error: b\n") == "x\nerror: b\n"
    assert streams.in_order("x", "") == "x"
    assert streams.in_order("x\n", "Unable to use a TTY\nerror: b\n") == "Unable to use a TTY\nx\nerror: b\n"
