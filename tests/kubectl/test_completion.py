"""Tab completion: what may stand at the end of a line."""

import pytest

from kubelab.kubectl import completion


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("kubectl de", "delete describe"),
        ("de", "delete describe"),
        ("ku", "kubectl"),
        ("create service ", "clusterip externalname loadbalancer nodeport"),
        ("get no", "nodes"),
        ("get sv", "svc"),
        ("get pods,endp", "pods,endpoints pods,endpointslices"),
        ("get svc ", "kubernetes web"),
        ("get svc w", "web"),
        ("get svc web ", "kubernetes"),
        ("get svc/", "svc/kubernetes svc/web"),
        ("delete rs ", "web"),
        ("get svc -n kube-system ", "coredns"),
        ("get svc -n kube-s", "kube-system"),
        ("-n kube-system get svc/c", "svc/coredns"),
        ("get svc --namespace=kube-p", "--namespace=kube-public"),
        ("get svc -nkube-p", "-nkube-public"),
        ("get svc -o ya", "yaml"),
        ("get svc -oya", "-oyaml"),
        ("get svc --output=wi", "--output=wide"),
        ("get svc --no-h", "--no-headers"),
        ("get pods --show-", "--show-kind --show-labels --show-managed-fields"),
        ("create -f ", "dir/ rs.yml svc.yml"),
        ("create -f s", "svc.yml"),
        ("create -f dir/", "dir/x.yaml"),
        ("create -f=s", "-f=svc.yml"),
        ("get svc -l app", "app=web"),
        ("run x --image=y -- s", ""),
        ("get nosuch ", ""),
        ("edit s", ""),
    ],
)
def test_words(desk, line, words):
    desk.out("create -f svc.yml -f rs.yml")
    desk.write("dir/x.yaml", "")
    desk.write("notes.txt", "")
    assert completion.complete(desk.cluster, line, str(desk.folder)) == words.split()


def test_pods_come_first_where_a_pod_is_meant(desk):
    desk.out("run tool --image=c1t1d0s7/network-multitool")
    assert completion.complete(desk.cluster, "exec to") == ["tool"]
    assert completion.complete(desk.cluster, "logs ") == ["tool"]
