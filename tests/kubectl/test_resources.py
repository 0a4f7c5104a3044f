"""Which objects a command is about, and what is said where that makes no sense."""

import pytest

MISSING = (
    "error: You must provide one or more resources by argument or filename.\nExample resource specifications include:\n"
    "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
)


@pytest.fixture(autouse=True)
def _objects(desk):
    desk.out("create -f svc.yml -f rs.yml")


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ("svc", "service/kubernetes service/web"),
        ("services web", "service/web"),
        ("svc/web rs/web", "service/web replicaset.apps/web"),
        ("svc,rs web", "service/web replicaset.apps/web"),
        ("svc,service,services", "service/kubernetes service/web"),
        ("rs.apps", "replicaset.apps/web"),
        ("replicasets.v1.apps", "replicaset.apps/web"),
        ("Service web", "service/web"),
        ("svc -l app=web", "service/web"),
        ("svc --field-selector metadata.name!=web", "service/kubernetes"),
        ("svc,rs -n kube-system", "service/coredns replicaset.apps/coredns-d45888989"),
        ("ns default -n nosuch", "namespace/default"),
        ("-f svc.yml", "service/web"),
        ("-f svc.yml -f rs.yml", "service/web replicaset.apps/web"),
        ("-f svc.yml,rs.yml", "service/web replicaset.apps/web"),
        ("-f .", "replicaset.apps/web service/web"),
        ("-f '*.yml'", "replicaset.apps/web service/web"),
    ],
)
def test_selecting(desk, args, names):
    assert desk.out(f"get {args} -o name").split() == names.split()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("delete", MISSING),
        ("delete svc", "error: resource(s) were provided, but no name was specified"),
        ("delete servicez x", 'error: the server doesn\'t have a resource type "servicez"'),
        ("get SVC", 'error: the server doesn\'t have a resource type "SVC"'),
        ("get deploy.v2.apps", 'error: the server doesn\'t have a resource type "deploy" in group "v2.apps"'),
        ("get foo.bar", 'error: the server doesn\'t have a resource type "foo" in group "bar"'),
        ("get configmaps", "error: the resource type configmaps is known to Kubernetes, not to kubelab"),
        ("get svc/a/b", "error: arguments in resource/name form may not have more than one slash"),
        ("get svc/", "error: arguments in resource/name form must have a single resource and name"),
        ("get svc,rs/x", "error: arguments in resource/name form must have a single resource and name"),
        ("get svc web -l a=b", "error: name cannot be provided when a selector is specified"),
        (
            "get svc/web -l a=b",
            "error: selectors and the all flag cannot be used when passing resource/name arguments",
        ),
        ("get svc web -A", "error: a resource cannot be retrieved by name across all namespaces"),
        ("get svc -f svc.yml", "error: when paths, URLs, or stdin is provided as input, you may not specify resource "
                               "arguments as well"),
        ("get -f a.yml -f b.yml", 'the path "a.yml" does not exist\nthe path "b.yml" does not exist'),
        ("get -f - -f -", "error: standard input cannot be used for multiple arguments"),
        ("delete -f svc.yml -n other", 'error: the namespace from the provided object "default" does not match the '
         'namespace "other". You must pass \'--namespace=default\' to perform this operation.'),
        ("get svc x y", 'Error from server (NotFound): services "x" not found\n'
                        'Error from server (NotFound): services "y" not found'),
        ("get svc x -n nosuch", 'Error from server (NotFound): namespaces "nosuch" not found'),
        (
            "get pod -l app=(",
            'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "app=(", '
            "field selector \"\": unable to parse requirement: found '(', expected: identifier",
        ),
        ("describe svc -f svc.yml --selector '('",
         "error: when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"),
    ],
)  # fmt: skip
def test_refusals(desk, line, error):
    desk.write(
        "svc.yml", (desk.folder / "svc.yml").read_text().replace("name: web\n", "name: web\n  namespace: default\n")
    )
    assert desk.error(line) == error


def test_a_folder_is_read_in_order_and_only_what_looks_like_a_manifest(desk):
    desk.write("dir/b.yaml", (desk.folder / "svc.yml").read_text().replace("name: web", "name: b"))
    desk.write("dir/a.json", '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}')
    desk.write("dir/c.txt", "no manifest")
    desk.write("dir/deep/d.yml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: d}\n")
    assert desk.out("create -f dir") == "namespace/a created\nservice/b created\n"
    assert desk.out("create -f dir/deep -R") == "namespace/d created\n"
    assert desk.error("create -f dir/c.txt").startswith('error: error validating "dir/c.txt"')
    desk.write("empty/x.txt", "")
    assert (
        desk.error("get -f empty") == "error: error reading [empty]: recognized file extensions are [.json .yaml .yml]"
    )


def test_lists_are_opened(desk):
    items = "\n".join(f"- {{apiVersion: v1, kind: Namespace, metadata: {{name: n{i}}}}}" for i in range(2))
    text = f"apiVersion: v1\nkind: List\nitems:\n{items}\n"
    assert desk.out("create -f -", text) == "namespace/n0 created\nnamespace/n1 created\n"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("kind: Service", 'error validating "STDIN": error validating data: apiVersion not set; '),
        ("a: b", 'error validating "STDIN": error validating data: [apiVersion not set, kind not set]; '),
        ("[]", 'error validating "STDIN": error validating data: invalid object to validate; '),
        (
            "apiVersion: a/b/c\nkind: X",
            'error validating "STDIN": error validating data: unexpected GroupVersion string',
        ),
        ("apiVersion: v1\nkind: ConfigMap", 'the kind ConfigMap ("STDIN") is known to Kubernetes, not to kubelab'),
        (
            "apiVersion: v2\nkind: Service\nmetadata: {name: x}",
            'resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Service" in '
            'version "v2"\nensure CRDs are installed first',
        ),
        ("apiVersion: v1\nkind: Service\nmetadata: []", 'unable to decode "STDIN": json: cannot unmarshal array'),
    ],
)
def test_manifests_that_are_refused_before_they_are_sent(desk, text, error):
    assert desk.error("create -f -", text).startswith(f"error: {error}")


def test_the_first_of_two_documents_is_made_though_the_second_is_broken(desk):
    text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: first}\n---\na: [\n"
    result = desk.run("create -f -", text)
    assert (result.stdout, result.code) == ("namespace/first created\n", 1)
    assert result.stderr.startswith("error: error parsing STDIN: error converting YAML to JSON: yaml: ")


@pytest.mark.parametrize("word", ["SERVICES", "Service", "svc", "services.", "endpointslices.discovery", "rs.v1.apps"])
def test_names_of_types(desk, word):
    assert desk.run(f"get {word}").code == 0
