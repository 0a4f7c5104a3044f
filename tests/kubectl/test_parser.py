"""Command lines as cobra and pflag read them; the expected texts were printed by kubectl 1.37.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubelab.kubectl import parser, verbs


def parse(line: str) -> parser.Command:
    return parser.parse(line.split(), verbs.ROOT)


def refusal(line: str) -> str:
    with pytest.raises(parser.UsageError) as caught:
        parser.check_required(parse(line))
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "flag", "value"),
    [
        ("get pods -o yaml", "output", "yaml"),
        ("get pods -oyaml", "output", "yaml"),
        ("get pods -o=yaml", "output", "yaml"),
        ("get pods --output yaml", "output", "yaml"),
        ("get pods --output=yaml", "output", "yaml"),
        ("get -o yaml pods", "output", "yaml"),
        ("-n x get pods", "namespace", "x"),
        ("get -nx pods", "namespace", "x"),
        ("get pods --all_namespaces", "all-namespaces", True),
        ("get pods -Aw", "watch", True),
        ("get pods -w=false", "watch", False),
        ("get pods -L a,b -L c", "label-columns", ("a", "b", "c")),
        ("delete pod x --grace-period=0x10", "grace-period", 16),
        ("delete pod x --timeout=1m30s", "timeout", 90_000),
        ("create ns x --dry-run", "dry-run", "unchanged"),
    ],
)
def test_flags(line: str, flag: str, value: object) -> None:
    assert parse(line).flags[flag] == value


def test_bundled_shorthands_set_each_flag() -> None:
    command = parse("get pods -Awoyaml")
    assert command.on("all-namespaces")
    assert command.on("watch")
    assert command.text("output") == "yaml"


def test_subcommands_are_found_past_flags() -> None:
    command = parse("-n x create svc clusterip web --tcp=80")
    assert command.path == "kubectl create service clusterip"
    assert command.args == ("web",)


def test_arguments_after_dashes_are_not_flags() -> None:
    command = parse("run x --image=y -- sh -c ls")
    assert command.before_dash == ["x"]
    assert command.after_dash == ["sh", "-c", "ls"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("get --foo", "unknown flag: --foo\nSee 'kubectl get --help' for usage."),
        ("get pods -wx", "unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage."),
        ("get pods -n", "flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage."),
        ("get pods --namespace", "flag needs an argument: --namespace\nSee 'kubectl get --help' for usage."),
        ("create -f", "flag needs an argument: 'f' in -f\nSee 'kubectl create --help' for usage."),
        ("---x", "bad flag syntax: ---x\nSee 'kubectl --help' for usage."),
        ("get --=5", "bad flag syntax: --=5\nSee 'kubectl get --help' for usage."),
        ("-x", "unknown shorthand flag: 'x' in -x\nSee 'kubectl --help' for usage."),
        (
            "get svc -w=maybe",
            'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax\n'
            "See 'kubectl get --help' for usage.",
        ),
        (
            "delete pod x --timeout=5",
            'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"\n'
            "See 'kubectl delete --help' for usage.",
        ),
        (
            "create deployment d --image=a --replicas=99999999999",
            'invalid argument "99999999999" for "-r, --replicas" flag: '
            'strconv.ParseInt: parsing "99999999999": value out of range\n'
            "See 'kubectl create deployment --help' for usage.",
        ),
        ("create service x --tcp=80", "unknown flag: --tcp\nSee 'kubectl create service --help' for usage."),
        ("create deployment d", 'required flag(s) "image" not set'),
        ("get --raw /api", "the flag --raw is known to Kubernetes, not to kubelab"),
        ("get -k dir", "the flag -k is known to Kubernetes, not to kubelab"),
        ("get pods --token=x", "the flag --token is known to Kubernetes, not to kubelab"),
        ("edit svc x", 'the command "kubectl edit" is known to Kubernetes, not to kubelab'),
        ("create configmap x", 'the command "kubectl create configmap" is known to Kubernetes, not to kubelab'),
    ],
)
def test_usage_errors(line: str, text: str) -> None:
    assert refusal(line) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("frob", ""),
        ("gett", "set get"),
        ("svc", "set"),
        ("GET", "set get"),
        ("ge", "set get cp"),
        ("d", "delete drain describe cp debug diff"),
        ("c", "create certificate cluster-info cordon cp completion config"),
        ("e", "expose set explain get edit exec cp events"),
        ("a", "autoscale attach cp auth apply annotate api-versions api-resources"),
        ("rm", "run delete cp"),
        ("list", "get"),
        ("hel", "set get"),
        ("op", "top cp options"),
    ],
)
def test_did_you_mean(typed: str, meant: str) -> None:
    head = f'unknown command "{typed}" for "kubectl"'
    tail = "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in meant.split()) if meant else ""
    assert refusal(typed) == head + tail


WORDS = st.sampled_from(
    ["get", "create", "svc", "-n", "-o", "-oyaml", "--", "-", "--all", "x=y", "-f", "", "-A", "pods"]
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=8))
def test_no_line_raises_anything_but_a_usage_error(words: list[str]) -> None:
    try:
        command = parser.parse(words, verbs.ROOT)
    except parser.UsageError:
        return
    assert set(command.changed) <= set(command.flags)
