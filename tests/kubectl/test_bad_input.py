"""Whatever is typed or piped in: a sentence of Kubernetes or one clear line, nothing half-applied, no traceback."""

import json
import os
import pathlib
import random
import shlex

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubelab.cluster import Cluster
from kubelab.kubectl import kubectl, parser, verbs

GOLDEN = sorted((pathlib.Path(__file__).parent.parent / "golden" / "v1.36").glob("*.yaml"))
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: %s}\nspec: {ports: [{port: %s}], selector: {app: web}}\n"
GOOD = SERVICE % ("good", 80)
MANY = 1_000_000_000


def everything(cluster):
    snapshot = cluster.snapshot()
    return json.dumps([snapshot[room] for room in ("store", "runtime", "network", "preferences")])


# ---- lines that are none, and what they are answered

LINES = {
    "wibble": 'error: unknown command "wibble" for "kubectl"',
    "gte pods": 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n',
    "get wibble": 'error: the server doesn\'t have a resource type "wibble"',
    "get 🐳": 'error: the server doesn\'t have a resource type "🐳"',
    "get pods 🐳": 'Error from server (NotFound): pods "🐳" not found',
    "get pods\0": 'error: the server doesn\'t have a resource type "pods\\x00"',
    "get pods,": 'error: the server doesn\'t have a resource type ""',
    "get pods --wibble": "error: unknown flag: --wibble\nSee 'kubectl get --help' for usage.",
    "get pods -q": "error: unknown shorthand flag: 'q' in -q\nSee 'kubectl get --help' for usage.",
    "get pods -n": "error: flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage.",
    "get pods --token=x": "error: the flag --token is known to Kubernetes, not to kubelab",
    "edit svc web": "error: ",
    "drain kube-node1": 'error: the command "kubectl drain" is known to Kubernetes, not to kubelab',
    "get 'pods": "error: this line cannot be read: no closing quotation",
    'get "pods': "error: this line cannot be read: no closing quotation",
    "get pods \\": "error: this line cannot be read: no escaped character",
    "get pods | wc": "error: | is the shell's, not kubectl's: one kubectl command makes a line here",
    "get pods/x svc": "error: there is no need to specify a resource type as a separate argument",
    "get a/b/c": "error: arguments in resource/name form may not have more than one slash",
    "get pods -o wibble": "error: unable to match a printer suitable for the output format \"wibble\"",
    "get pods -o jsonpath={.x[": "error: error parsing jsonpath {.x[, unterminated array",
    "get pods -l a=b=c": "Error from server (BadRequest): Unable to find \"/v1, Resource=pods\" that match",
    "apply -f nowhere.yml": 'error: the path "nowhere.yml" does not exist',
    "apply -f dir": "error: error reading [dir]: recognized file extensions are [.json .yaml .yml]",
    "apply -f binary": "error: error parsing binary: error converting YAML to JSON: yaml: control characters are not",
    "apply -f nul.yml": "error: error parsing nul.yml: error converting YAML to JSON: yaml: control characters are not",
    "apply -f empty.yml": "error: no objects passed to apply",
    "apply -f loop": "error: open loop: too many levels of symbolic links",
    "apply -f long.yml": "error: long.yml is longer than kubelab reads (3 MiB)",
    "apply -f 'a\0b'": 'error: the path "a\\x00b" does not exist',
    "apply": "error: must specify one of -f and -k",
    "create -f - -f -": "error: standard input cannot be used for multiple arguments",
    "scale rs web --replicas=-1": "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equ",
    "scale rs web --replicas=x": 'error: invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": in',
    "scale rs none --replicas=2": 'Error from server (NotFound): replicasets.apps "none" not found',
    "create deployment d --image=nginx --replicas=-1": "error: failed to create deployment: Deployment.apps \"d\" is i",
    "create service clusterip x --tcp=99999": 'error: strconv.ParseUint: parsing "99999": value out of range',
    "create service nodeport x --tcp=80 --node-port=1": "error: failed to create NodePort service: Service \"x\" is ",
    "expose rs web --port=0": 'The Service "web" is invalid: \n* spec.ports[0].port: Invalid value: 0: must be between',
    "expose rs web --port=x": "error: ",
    "expose rs none --port=80": 'Error from server (NotFound): replicasets.apps "none" not found',
    "create ns UPPER": 'The Namespace "UPPER" is invalid: metadata.name: Invalid value: "UPPER": ',
    f"create ns {'x' * 64}": "The Namespace \"" + "x" * 64 + "\" is invalid: ",
    f"label svc web a={'x' * 200_000}": "error: invalid label value: \"a=xxx",
    f"annotate svc web a={'x' * 300_000}": 'The Service "web" is invalid: metadata.annotations: Too long: may not be m',
    f"get {'x' * 1_000_000}": "error: the server doesn't have a resource type \"xxx",
    f"get pods {'x ' * 10_000}": 'Error from server (NotFound): pods "x" not found\n' * 3,
    f"patch svc web -p {'[' * 50_000}": "error: ",
    "patch svc web -p '{\"spec\": {\"ports\": 5}}'": "The request is invalid: patch: Invalid value: ",
}  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:40].replace("\0", "NUL"))
def test_a_line_that_cannot_be_done_is_answered_and_changes_nothing(desk, line):
    (desk.folder / "dir").mkdir()
    (desk.folder / "binary").write_bytes(bytes(range(256)))
    (desk.folder / "nul.yml").write_bytes(b"kind: \0")
    (desk.folder / "loop").symlink_to("loop")
    for name, text in {"empty.yml": "", "long.yml": "#" * 5_000_000}.items():
        desk.write(name, text)
    desk.out("create -f svc.yml -f rs.yml")
    desk.cluster.settle()
    before = everything(desk.cluster)
    result = desk.run(line)
    assert result.code == 1
    assert result.stderr.startswith(LINES[line])
    assert everything(desk.cluster) == before


@pytest.mark.parametrize("line", ["", "   ", "kubectl", "# a comment", "--help", "help"])
def test_kubectl_alone_says_what_there_is(desk, line):
    assert desk.out(line).startswith("kubectl controls a Kubernetes cluster")


def test_lines_may_be_lists_of_any_words(desk):
    for words in ([], [""], ["kubectl"], ["get", ""], ["get", "po\0d"], ["get", *["pods"] * 10_000], ["\ud800"]):
        result = desk.run(words)
        assert (result.stdout + result.stderr).encode()


# ---- manifests that are none

DOUBLINGS = "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
MANIFESTS = {
    "tab": ("kind:\n\tService\n", "error: error parsing STDIN: error converting YAML to JSON: yaml: line 2: found cha"),
    "indent": ("kind: Service\n  name: x\n", "error: error parsing STDIN: error converting YAML to JSON: yaml: line 2"),
    "text": ("hello\n", 'error: error validating "STDIN": error validating data: invalid object to validate; '),
    "nothing": ("", "error: no objects passed to create"),
    "separators": ("---\n---\n# nothing\n", "error: no objects passed to create"),
    "no kind": ("a: 1\n", 'error: error validating "STDIN": error validating data: [apiVersion not set, kind not set]'),
    "unknown kind": (GOOD.replace("Service", "Wibble"), 'error: resource mapping not found for name: "good" namespace'),
    "kind elsewhere": (GOOD.replace("Service", "ConfigMap"), 'error: the kind ConfigMap ("STDIN") is known to Kuberne'),
    "unknown field": (GOOD.replace("selector", "slector"), 'Error from server (BadRequest): error when creating "STDI'),
    "port out of range": (SERVICE % ("x", 70000), 'The Service "x" is invalid: \n* spec.ports[0].port: Invalid value:'),
    "port of text": (SERVICE % ("x", "http"), 'Error from server (BadRequest): error when creating "STDIN": Service i'),
    "name": (SERVICE % ("X", 80), 'The Service "X" is invalid: metadata.name: Invalid value: "X": a lowercase RFC'),
    "emoji": (SERVICE % ("🐳", 80), 'The Service "🐳" is invalid: metadata.name: Invalid value: "🐳": a lowercase RFC'),
    "NUL": (GOOD + "# \0", "error: error parsing STDIN: error converting YAML to JSON: yaml: control characters are n"),
    "bomb": ("a: &a [x,x]\n" + DOUBLINGS, "error: error parsing STDIN: error converting YAML to JSON: yaml: document "),
    "5 MB": ("kind: " + "x" * 5_000_000, "error: STDIN is longer than kubelab reads (3 MiB)"),
    "5 MB of documents": ("---\n".join([GOOD] * 50_000), "error: STDIN is longer than kubelab reads (3 MiB)"),
    "documents": ("---\n".join([GOOD] * 5_000), "error: error parsing STDIN: more than 1000 documents: kubelab takes "),
    "JSON documents": ('{"a":1}' * 5_000, "error: error parsing STDIN: more than 1000 documents: kubelab takes no mor"),
    "a list": (f"apiVersion: v1\nkind: List\nitems: [{'{},' * 5_000}]", "error: error parsing STDIN: more than 1000 d"),
    "ports": (SERVICE % ("x", "1}, {port: 2}" + ", {port: 3}" * 5_000 + ", {port: 4"), "error: STDIN holds a list of "),
    "large": (GOOD.replace("{name: good}", "{name: good, annotations: {a: %s}}" % ("x" * 2_500_000)), 'The Service "g'),
    "labels": (GOOD.replace("{name: good}", "{name: good, labels: {a: %s}}" % ("x" * 99_999)), 'The Service "good" is'),
    "brackets": ("[" * 500_000, "error: error parsing STDIN: error converting YAML to JSON: yaml: exceeded max depth "),
    "JSON brackets": ('{"a":' * 500_000, "error: error parsing STDIN: "),
    "bytes": ("\ufffd\ufffd\ufffd", 'error: error validating "STDIN": '),
    "surrogate": ('{"apiVersion": "v1", "kind": "\\ud800"}', 'error: resource mapping not found for name: "" namespac'),
}  # fmt: skip


@pytest.mark.parametrize("what", MANIFESTS)
def test_a_manifest_that_is_none_is_answered_and_changes_nothing(desk, what):
    text, words = MANIFESTS[what]
    desk.cluster.settle()
    before = everything(desk.cluster)
    result = desk.run("create -f -", text)
    assert result.code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(words)
    assert result.stderr.encode()
    assert everything(desk.cluster) == before


def test_what_stands_before_a_bad_document_is_made_as_kubectl_does(desk):
    broken = desk.run("create -f -", f"{GOOD}---\nkind: [\n---\n{SERVICE % ('after', 80)}")
    assert broken.stdout == "service/good created\n"
    assert broken.stderr.startswith("error: error parsing STDIN: error converting YAML to JSON: yaml: ")
    three = "---\n".join(SERVICE % pair for pair in (("one", 80), ("two", 0), ("three", 80)))
    refused = desk.run("apply -f -", three)
    assert refused.stdout == "service/one created\nservice/three created\n"
    assert refused.stderr.startswith('The Service "two" is invalid: \n* spec.ports[0].port: Invalid value: 0: must be')
    assert desk.out("get svc -o name").split() == [f"service/{n}" for n in ("good", "kubernetes", "one", "three")]


@pytest.mark.parametrize("how", ["create", "apply", "scale", "deployment"])
def test_a_thousand_million_replicas_end_in_what_the_nodes_hold(desk, how):
    if how == "deployment":
        desk.out(f"create deployment web --image=nginx --replicas={MANY}")
    elif how == "scale":
        desk.out("create -f rs.yml")
        desk.out(f"scale rs web --replicas={MANY}")
    else:
        desk.out(f"{how} -f -", (desk.folder / "rs.yml").read_text().replace("replicas: 2", f"replicas: {MANY}"))
    what = "deploy" if how == "deployment" else "rs"
    pods = desk.out("get pods").splitlines()
    assert 300 < len(pods) < 1_000
    assert any("Pending" in line for line in pods)
    assert f"{MANY}" in desk.out(f"get {what}")
    assert "0/4 nodes are available" in desk.out("get events")
    assert desk.out(f"delete {what} web")
    assert desk.run("get pods").stderr == "No resources found in default namespace.\n"


# ---- whatever it is: Kubernetes' answer, and no exception

KINDS = [
    "pod", "pods", "po", "svc", "services", "rs", "deploy", "deployments.v1.apps", "ep", "endpointslices", "ns",
    "node", "ev", "all", "pods,svc", "cm", "x",
]  # fmt: skip
NAMES = ["web", "web-svc", "none", "kubernetes", "default", "kube-node1", "", "UP", "a b", "🐳", "x" * 70, "-", "--",
         "a/b", "pod/", "svc/web-svc", "deploy/web", "pods/nettool", "/", "web."]  # fmt: skip
VALUES = [
    "1", "-1", "0", "true", "x", "json", "yaml", "wide", "name", "jsonpath={.items[*].metadata.name}",
    "jsonpath={..x[", "custom-columns=A:.x[0]", "go-template={{range.items}}{{.x.y}}{{end}}", "a=b", "a=b,c!=d", "!a",
    "a=", "=", "a-", "metadata.name=web", "status.phase=Running", "99999999999", "1e9", "0x10", "10s", "-5s",
    "strategic", "merge", "client", "server", "none", '{"spec":{"replicas":2}}', '{"metadata":{"labels":null}}', "{",
    "null", "[]", "5", '[{"op":"remove","path":"/spec"}]', '{"spec":{"ports":[{"port":80}]}}',
    '{"spec":{"selector":null}}', '{"$patch":"delete"}', '{"metadata":{"finalizers":["a/b"]}}', "nginx", "busybox",
    "other", "A=B", "web=nginx", "80", "80:x", "condition=Ready", "delete", "orphan", "NodePort",
    "jsonpath={.status.phase}=Running", ".metadata.name", "-", "nowhere", "--all", "-A", "10.233.5.5", "None", "Never",
]  # fmt: skip
PROGRAMS = ["env", "curl -s web-svc", "nslookup web-svc", "dig x", "ip a", "false", "sleep 1", "sh -c 'exit 3'",
            "sh -c '('", "awk '{'", "seq 5", "cat /etc/hosts", "wget web", "kill 1", "xargs", "head"]  # fmt: skip
SCALARS = [None, "", 0, -1, 70000, 2**63, 10**30, 1.5, True, "x", "80", "10%", "🐳", "a b", "None", "10.233.0.10",
           "::1", "ClientIP", [], {}, [None], [{}], {"a": None}, "\n", "x" * 300, "1Gi", "2026-01-01"]  # fmt: skip
KEYS = [
    "x", "spec", "status", "metadata", "ports", "name", "labels", "selector", "replicas", "type", "clusterIP",
    "deletionTimestamp", "resourceVersion", "uid", "finalizers", "ownerReferences", "nodeName", "template",
    "readinessProbe", "env", "command",
]  # fmt: skip


def recorded():
    """All command lines and manifests of the transcripts."""
    lines, texts = [], []
    for path in GOLDEN:
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for step in (data, *data["steps"]):
            texts += [text for text in (step.get("files") or {}).values() if text.strip()]
            run = step.get("run", "|")
            if not set("|<>;&$`") & set(run):
                lines.append(shlex.split(run))
    return lines, texts


RECORDED_LINES, RECORDED_TEXTS = recorded()


def every_verb():
    for place in verbs.ROOT.subverbs:
        verb = place.load() if place.load else place
        if not verb.absent:
            yield (verb.name,), verb
            yield from (((verb.name, below.name), below) for below in verb.subverbs)


VERBS = list(every_verb())


class Dice:
    """Random lines and manifests from one seed: hypothesis finds the seed, and prints it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.one = self.random.choice

    def word(self):
        return self.one([self.one(KINDS), self.one(NAMES), self.one(VALUES)])

    def flag(self, verb):
        flag = self.one([*verb.flags, *verb.flags, *parser.GLOBAL_FLAGS])
        value = self.one([*VALUES, *NAMES, *flag.values])
        if flag.lone is not None and self.random.random() < 0.7:
            return [f"--{flag.name}"]
        return self.one([[f"--{flag.name}={value}"], [f"-{flag.short or flag.name}", value]])

    def line(self):
        if self.random.random() < 0.3:
            words = list(self.one(RECORDED_LINES))
            words[self.random.randrange(len(words) + 1) :][:1] = [self.word()]
            words.insert(self.random.randrange(len(words) + 1), self.word())
            return words
        path, verb = self.one(VERBS)
        words = [*path, self.one(KINDS), *(self.word() for _ in range(self.random.randrange(3)))]
        for _ in range(self.random.randrange(3)):
            words += self.flag(verb)
        if path[0] in ("exec", "run"):
            words += ["--", *shlex.split(self.one(PROGRAMS))]
        if self.random.random() < 0.1:
            self.random.shuffle(words)
        return words

    def changed(self, value):
        """A value with something in it replaced, gone, added or doubled."""
        if isinstance(value, dict) and value and self.random.random() < 0.8:
            key = self.one(list(value))
            return {**value, key: self.changed(value[key])}
        if isinstance(value, list) and value and self.random.random() < 0.8:
            at = self.random.randrange(len(value))
            return [*value[:at], self.changed(value[at]), *value[at + 1 :], *self.one([[], value[at : at + 1]])]
        if isinstance(value, dict) and self.random.random() < 0.5:
            return {**value, self.one(KEYS): self.one(SCALARS)}
        return self.one(SCALARS)

    def manifest(self):
        text = self.one(RECORDED_TEXTS)
        if self.random.random() < 0.3:
            for _ in range(self.random.randrange(4)):
                at = self.random.randrange(len(text) + 1)
                text = text[:at] + self.one("\t\n-:[]{}\"'|&*0x\0# ") + text[at + self.random.randrange(4) :]
            return text
        try:
            documents = [self.changed(self.changed(each)) for each in yaml.load_all(text, yaml.CSafeLoader)]
        except yaml.YAMLError:
            return text
        return yaml.dump_all(documents, Dumper=yaml.CSafeDumper, allow_unicode=True)

    def command(self):
        if self.random.random() < 0.5:
            return self.line(), self.one(["", self.manifest()])
        verb = self.one(["create", "apply", "replace", "delete", "get", "describe", "create", "apply"])
        options = self.one([[], [], ["--dry-run=server"], ["--validate=false"], ["-o", "yaml"]])
        return [verb, *options, "-f", "-"], self.manifest()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_nothing_that_is_asked_raises(seed):
    dice, cluster = Dice(seed), Cluster(1)
    tool = kubectl.Kubectl(cluster, guard=False)
    for line in ("create deployment web --image=nginx", "expose deploy web --name=web-svc --port=80", "create ns other",
                 "run nettool --image=c1t1d0s7/network-multitool"):  # fmt: skip
        assert tool.run(line).code == 0
    for _ in range(25):
        words, stdin = dice.command()
        result = tool.run(words, stdin=stdin, cwd=os.devnull)
        assert result.code == 0 or result.stderr or words[0] in ("exec", "run", "diff"), words
        assert (result.stdout + result.stderr).encode("utf-8") is not None, words
