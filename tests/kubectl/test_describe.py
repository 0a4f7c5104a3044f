"""`describe`: which objects are described (the text itself is the printers')."""

import pytest


@pytest.fixture(autouse=True)
def _objects(desk):
    desk.out("create -f svc.yml -f rs.yml")


def test_one_and_several(desk):
    one = desk.out("describe svc web")
    both = desk.out("describe svc")
    assert one.startswith("Name:                     web\n")
    assert one.endswith("Events:                   <none>\n")
    assert both.count("Name:                     ") == 2
    assert "\n\n\nName: " in both
    assert "Events:" not in both
    assert "Events:" in desk.out("describe svc --show-events")


def test_a_name_may_be_the_beginning_of_names(desk):
    assert desk.out("describe pods web").count("Name:             web-") == 2
    assert desk.error("describe pods nosuch") == 'Error from server (NotFound): pods "nosuch" not found'


def test_files_and_selectors(desk):
    assert desk.out("describe -f svc.yml").startswith("Name:                     web\n")
    assert desk.run("describe svc -l a=b").stderr == "No resources found in default namespace.\n"


def test_without_arguments(desk):
    assert desk.error("describe") == (
        "error: You must specify the type of resource to describe. "
        'Use "kubectl api-resources" for a complete list of supported resources.'
    )


def test_events_belong_to_the_one_object_that_is_named(desk):
    assert "Events:" in desk.out("describe svc kubernetes")
    assert "Events:" not in desk.out("describe svc kuber")
    assert "Events:" in desk.out("describe svc kuber --show-events")
    assert "Events:" not in desk.run("describe svc kubernetes nosuch").stdout
    assert desk.error("describe svc,ns default") == "error: you may only specify a single resource type"


def test_a_node_lists_the_pods_of_all_namespaces(desk):
    nodes = [desk.out(f"describe node kube-node{number}") for number in (1, 2, 3)]
    assert sum(text.count("  kube-system                 coredns-") for text in nodes) == 2


def test_a_namespace_says_what_keeps_it(desk):
    desk.out("create ns kept")
    desk.out("""patch ns kept -p '{"metadata":{"finalizers":["example.com/x"]}}'""")
    desk.out("delete ns kept --wait=false")
    lines = desk.out("describe ns kept").splitlines()
    assert lines[5].split() == ["Type", "Status", "LastTransitionTime", "Reason", "Message"]
    assert lines[10].split("  ")[-1] == "All content successfully removed"
