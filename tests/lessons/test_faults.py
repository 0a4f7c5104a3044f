"""The faults of 4-2: each fails as its symptom says, is laid out the same each time, and can be undone."""

import pytest

import kubelab
from kubelab.lessons import faults

RESOLVE, SILENT, REFUSED = "Could not resolve host", "timed out", "Couldn't connect to server"
SYMPTOMS = {
    "4-2.e1": REFUSED,
    "4-2.e2": SILENT,
    "4-2.e3": REFUSED,
    "4-2.e4": REFUSED,
    "4-2.e5": RESOLVE,
    "4-2.e6": RESOLVE,
    "4-2.e7": REFUSED,
    "4-2.e8": "",
}


def ask(lab: kubelab.Lab, fault: faults.Fault, times: int) -> str:
    line = f"for n in {' '.join(map(str, range(times)))}; do {fault.ask.replace('-s ', '-sS ')} 2>&1; done"
    return lab.kubectl(["exec", "-n", fault.namespace, fault.client, "--", "sh", "-c", line]).stdout


@pytest.mark.parametrize("id", faults.FAULTS)
def test_a_fault_shows_its_symptom(id: str) -> None:
    lab = kubelab.Lab(seed=42, lang="en")
    lab.fault(id)
    said = ask(lab, faults.FAULTS[id], 20)
    assert SYMPTOMS[id] in said
    assert ("Hostname" in said) == (id in ("4-2.e7", "4-2.e8"))
    if id == "4-2.e8":
        assert len({line for line in said.splitlines() if "Hostname" in line}) == 1


def test_every_fault_has_a_symptom() -> None:
    assert list(SYMPTOMS) == list(faults.FAULTS)


def test_a_fault_is_laid_out_the_same_each_time_and_undone() -> None:
    lab = kubelab.Lab(seed=5, lang="en")
    lab.kubectl("create namespace mine")
    lab.settle()
    before = lab.cluster.snapshot()
    lab.fault("4-2.e3")
    first = lab.cluster.snapshot()
    assert lab.undo() == "fault 4-2.e3"
    assert lab.cluster.snapshot() == before
    lab.fault("4-2.e7")
    lab.fault("4-2.e3")
    assert lab.cluster.snapshot() == first


def test_an_unknown_fault_leaves_the_world_alone() -> None:
    lab = kubelab.Lab(seed=5, lang="en")
    before = lab.cluster.snapshot()
    assert "no such question or exercise" in repr(lab.fault("4-2.e99"))
    assert lab.cluster.snapshot() == before


def test_a_proxy_mode_takes_turns_and_can_be_undone() -> None:
    lab = kubelab.Lab(seed=5, lang="en")
    lab.fault("4-2.e8")
    lab.kubectl("""patch service login -p '{"spec":{"sessionAffinity":"None"}}'""")
    assert lab.proxy_mode("ipvs") == "ipvs"
    assert set(lab.traffic("login", requests=30).counts.values()) == {10}
    lab.undo()
    lab.undo()
    assert set(lab.traffic("login", requests=30).counts.values()) != {10}
    with pytest.raises(kubelab.LabError, match="one of iptables, nftables, ipvs"):
        lab.proxy_mode("userspace")
