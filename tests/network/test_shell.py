import contextlib
import json
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubelab.network import arithmetic, lexer, session, syntax
from tests.network import small

RECORDED = json.loads(pathlib.Path(__file__).with_name("busybox.json").read_text(encoding="utf-8"))
WORLD = small.web(2)


@pytest.mark.parametrize(("script", "stdout", "stderr", "code"), RECORDED, ids=[row[0][:40] for row in RECORDED])
def test_like_busybox(script: str, stdout: str, stderr: str, code: int) -> None:
    """What busybox 1.35 did with the same script."""
    container = WORLD.container("nettool")
    container["files"].clear()
    container["env"]["PWD"] = "/tmp"
    done = WORLD.sh(script)
    assert (done.stdout, done.stderr, done.code) == (stdout, stderr, code)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("f() { echo x; }", "has no functions"),
        ("sleep 1 &", "nothing in the background"),
        ("cat <<EOF\nx\nEOF", "has no here-documents"),
        ("case a in a) echo;; esac", "has no case"),
        ("[[ a = a ]]", "no such thing"),
        ("trap x INT", "no such thing"),
        ("eval echo", "eval: kubelab's shell has no such thing"),
        ("exec", "exec without a program: kubelab's shell has no such thing"),
        ("IFS=:; echo a", "IFS: kubelab's shell splits at blanks only"),
        ("echo q | read -p x y", "read -p: kubelab's shell has no such thing"),
        ("for x; do echo; done", "has no arguments to loop over"),
        ("x=010; echo $((x))", "arithmetic syntax error"),
        ("wc -l /etc/hosts /etc/passwd", "wc: kubelab's wc has no counts of several files"),
        ("sort -k3 -k2n /etc/passwd", "sort: kubelab's sort has no second key"),
        ("curl -X POST web", "curl: kubelab's curl has no option -X"),
        ("timeout -k 1 2 true", "timeout: kubelab's timeout has no option -k"),
        ("set -u", "set -u: kubelab's shell has no such thing"),
        ("while true; do break 2; done", "break 2: kubelab's shell has no such thing"),
        ("echo ${x:=y}", "${x:-y}, ${x#y} and ${x%y} only"),
        ("echo ${#x}", "${x:-y}, ${x#y} and ${x%y} only"),
        ("echo $((1 << 4))", "arithmetic syntax error in '1 << 4': kubelab's shell has + - * / % and comparisons"),
        ("echo $((++x))", "arithmetic syntax error in '++x'"),
        ("echo $((010))", "arithmetic syntax error in '010'"),
        ("sh -c 'echo $1' name arg", "kubelab's sh has no arguments for a script"),
        ("ls --color", "kubelab's ls has no"),
        ("grep -P x", "kubelab's grep has no"),
        ("sort -t: -k2", "kubelab's sort has no option -t"),
        ("printf %x 1", "kubelab's printf has no %x"),
        ("date +%N", "kubelab's date has no %N"),
        ("env -i ls", "kubelab's env has no argument -i"),
        ("echo 1 | awk '{s += $1} END {print s}'", "kubelab's awk has no language for '{s += $1} END {print s}'"),
        ("curl -s 'http://web/[1-3]'", "kubelab's curl has no [] and {} in URLs"),
        ("watch date", "kubelab's watch has no screen"),
    ],
)
def test_what_is_not_modelled_is_refused_by_name(script: str, said: str) -> None:
    done = WORLD.sh(script)
    assert said in done.stderr
    assert done.code == 2


@pytest.mark.parametrize("line", ["traceroute web", "echo a | tee f", "time netstat", "expr 1 + 1"])
def test_programs_of_the_image_that_are_not_played_say_so(line: str) -> None:
    done = WORLD.sh(line)
    assert "kubelab does not play this program" in done.stderr
    assert done.code == 127
    assert WORLD.sh("vim x").stderr == "sh: vim: not found\n"


@pytest.mark.parametrize(
    ("script", "stdout"),
    [
        ("printf 'N S\\na Running\\nb Pending\\n' | awk '$2 == \"Running\" {print $1}'", "a\n"),
        ("printf 'N R\\na 10\\nb 9\\n' | awk 'NR>1 {print $NF, \"of \" $1}'", "10 of a\n9 of b\n"),
        ("printf 'N R\\na 10\\nb 9\\n' | awk '$2 > 9'", "N R\na 10\n"),
        ("printf 'web-1 x\\ndb y\\n' | awk '$1 !~ /^web/ {print}'", "db y\n"),
        ("printf 'a:b::c\\n' | awk -F: '{print NF \"\\t\" $4 $9; }'", "4\tc\n"),
        ("printf '1\\n2\\n3\\n4\\n' | sed -n '2,3p'", "2\n3\n"),
        ("printf 'Host: a\\nx\\n' | sed -n 's/^Host: //p'", "a\n"),
        ("echo 'a: b' | sed 's/: b/\\n  c: \\\\ d/; s/^a/[&]/'", "[a]\n  c: \\ d\n"),
        ("printf 'a\\nb\\n' > f; sed -i -e s/a/c/ -e s/b/d/ f; cat f", "c\nd\n"),
        ("seq 5 -2 1 | tr '\\n' ' '; echo $(( (1+2) * -3 / 2 )) $((3 == 3)) $((2 <= 1))", "5 3 1 -4 1 0\n"),
        ("printf 'a\\nb\\nc\\nd\\ne\\na\\n' | grep -n -A1 a", "1:a\n2-b\n--\n6:a\n"),
        ("printf 'x\\nRemote\\ntimed\\n' | grep -e Remote -e timed", "Remote\ntimed\n"),
        ("printf 'a  b\\n' | tr -s ' ' | tr ' ' '\\n'", "a\nb\n"),
        ("set -e; if false; then echo no; fi; ! true; echo yes", "yes\n"),
        ("export a=1; a=2; sh -c 'echo $a'; for a in 3; do env | grep ^a=; done", "2\na=3\n"),
        ("mkdir -p /srv/a/b; touch /srv/a/f /srv/c; rm -r /srv/a; ls /srv; rm /srv/c", "c\n"),
        ("cd /etc; echo host* no*", "hostname hosts no*\n"),
        ("cd ~; pwd; echo a~ '~'", "/root\na~ ~\n"),
        ("x=' a  b '; for i in $x; do echo [$i]; done; echo \"[$x]\"$x", "[a]\n[b]\n[ a  b ] a b\n"),
    ],
)
def test_one_liners(script: str, stdout: str) -> None:
    done = WORLD.sh(script)
    assert (done.stdout, done.stderr, done.code) == (stdout, "", 0)


def test_bash_is_bash_where_it_differs() -> None:
    done = WORLD.exec("nettool", "bash", "-c", "for i in {1..3}; do echo -n $i; done; echo a{2..1} '{1..2}'; foo")
    assert done.stdout == "123a2 a1 {1..2}\n"
    assert done.stderr == "bash: line 1: foo: command not found\n"
    assert WORLD.sh("echo {1..3}").stdout == "{1..3}\n"


def test_a_script_on_standard_input() -> None:
    assert WORLD.exec("nettool", "sh", stdin="echo one\nx=2\necho $x\n").stdout == "one\n2\n"


def test_sleep_moves_the_clock_for_everybody() -> None:
    before = WORLD.clock.now
    done = WORLD.sh("sleep 5; sleep 1m")
    assert WORLD.clock.now - before == 65_000 == done.duration


def test_endless_loops_are_stopped() -> None:
    done = WORLD.sh("while true; do echo x; sleep 1; done")
    assert done.stdout == "x\n" * session.MAX_ROUNDS
    assert done.code == 130
    assert "loop without an end" in done.stderr
    assert WORLD.sh("while true; do :; done | head -1").code == 130
    assert WORLD.exec("nettool", "sleep", "infinity").code == 130


def test_loops_that_can_end_may_take_longer() -> None:
    done = WORLD.sh("i=0; while true; do i=$((i+1)); [ $i -ge 500 ] && break; done; echo $i")
    assert done.stdout == "500\n"


def test_too_many_commands() -> None:
    done = WORLD.sh("for i in $(seq 30000); do :; done; echo $i")
    assert done.code == 130
    assert "stopped after" in done.stderr


def test_errors_of_dash_in_debian_images() -> None:
    WORLD.pod("web-0", image="nginx", ports=[[80, "tcp"]])
    assert WORLD.exec("web-0", "sh", "-c", "foo").stderr == "sh: 1: foo: not found\n"
    assert WORLD.exec("web-0", "sh", "-c", "done").stderr == 'sh: 1: Syntax error: "done" unexpected\n'


def test_changes_in_a_subshell_stay_there() -> None:
    assert WORLD.sh("cd /etc; (cd /tmp; x=1; pwd); echo $PWD$x").stdout == "/tmp\n/etc\n"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(lexer.SyntaxProblem):
        syntax.parse(text)


PIECES = st.sampled_from(
    ["echo", "a", "$x", '"$x"', "'b c'", "|", "&&", "||", ";", "(", ")", "{", "}", "if", "then", "fi", "for", "in",
     "do", "done", "while", "false", "!", ">", "f", "<", "2>&1", "$(", "`", "$((", "))", "\n", "case", "esac", "x=1",
     "cat", "#"]
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, max_size=12))
def test_no_script_breaks_the_shell(pieces: list[str]) -> None:
    done = WORLD.sh(" ".join(pieces))
    assert isinstance(done.code, int)


@settings(deadline=None)
@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 9))
def test_arithmetic(a: int, b: int, c: int) -> None:
    assert arithmetic.evaluate(f"({a}) + ({b}) * {c} - ({a}) % {c}", lambda name: "0") == a + b * c - int(
        abs(a) % c * (1 if a >= 0 else -1)
    )
    assert arithmetic.evaluate("a < b", {"a": str(a), "b": str(b)}.__getitem__) == int(a < b)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("cd /etc; x='host*'; echo $x \"$x\"", "hostname hosts host*\n"),
        ("printf '1 a\\n1 b\\n2 c\\n' | sort -rn", "2 c\n1 b\n1 a\n"),
    ],
)
def test_what_a_variable_means_without_quotes_and_ties_in_reverse(script: str, said: str) -> None:
    assert WORLD.sh(script).stdout == said


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo a | sed 's/a/b/2p'", "sed: kubelab's sed knows the flags g, i and p\n"),
        ("printf '%d' abc", "printf: invalid number 'abc'\n"),
    ],
)
def test_what_a_program_cannot_read_is_told(script: str, said: str) -> None:
    done = WORLD.sh(script)
    assert (done.stderr, done.code) == (said, 1)


def test_what_a_loop_without_an_end_wrote_is_read_by_the_next_in_the_pipe() -> None:
    done = small.web(1).sh("while true; do echo a; sleep 1; done | head -n 3")
    assert (done.stdout, done.code) == ("a\na\na\n", 130)
    assert "a loop without an end" in done.stderr
