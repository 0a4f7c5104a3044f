"""The rule text on a real kernel, where there is one to try it on: root, iptables and network namespaces."""

import re
import shutil
import subprocess

import pytest

from tests.network import small

LOAD = "iptables-restore && iptables-save -t filter && iptables-save -t nat"


def in_namespace(script: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["unshare", "-n", "sh", "-c", script], input=text, capture_output=True, text=True, timeout=60)


def is_able() -> bool:
    if not (shutil.which("unshare") and shutil.which("iptables-restore")):
        return False
    probe = "iptables -t nat -A OUTPUT -m recent --name x --rcheck --seconds 1 --reap -j ACCEPT"
    return in_namespace(probe).returncode == 0


def bare(text: str) -> list[str]:
    return [re.sub(r"\[\d+:\d+\]", "[0:0]", row) for row in text.splitlines() if not row.startswith("#")]


@pytest.mark.parametrize("node", ["kube-node1", "kube-node3", "kube-master1"])
def test_the_kernel_gives_back_what_it_is_given(node: str) -> None:
    if not is_able():
        pytest.skip("needs root, iptables with xt_recent, and network namespaces")
    world = small.web(2, sessionAffinity="ClientIP", type="NodePort", nodePort=31111, externalTrafficPolicy="Local")
    names = ["web-1", "web-2"]
    world.service("empty", {"type": "NodePort", "clusterIP": "10.233.10.6", "nodePort": 31112})
    ranges = {"loadBalancerSourceRanges": ["192.168.0.0/16"], "externalIPs": ["192.168.56.250"]}
    world.service("lb", {"type": "LoadBalancer", "clusterIP": "10.233.10.7", **ranges})
    world.slice("lb", names)
    service = world.store.find("Service", "default", "lb")
    assert service is not None
    world.store.update_status({**service, "status": {"loadBalancer": {"ingress": [{"ip": "192.168.56.200"}]}}})
    world.service("near", {"clusterIP": "10.233.10.8", "internalTrafficPolicy": "Local"})
    world.slice("near", names)
    text = world.network.rules(node=node)
    done = in_namespace(LOAD, text)
    assert done.returncode == 0, done.stderr
    assert bare(done.stdout) == bare(text)
