import json
import pathlib
import textwrap
from typing import Any

import pytest

from kubelab.api import kinds, meta, times
from kubelab.printers import describe
from tests.printers import samples

REAL = json.loads((pathlib.Path(__file__).parent / "described.json").read_text("utf-8"))
"""Objects, and the pages that kubectl 1.37.1 made of them when a server served them at that moment."""


def related_among(objs: list[dict[str, Any]]) -> describe.Related:
    def related(kind: str, namespace: str) -> list[dict[str, Any]]:
        return [o for o in objs if o["kind"] == kind and (not namespace or meta.namespace(o) == namespace)]

    return related


def page(obj: dict[str, Any], *others: dict[str, Any], now: int = 0, show_events: bool = True) -> str:
    return describe.describe(obj, related_among([obj, *others]), now, show_events=show_events)


def block(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


@pytest.mark.parametrize("name", REAL["pages"])
def test_kubectl_prints_the_same_page(name: str) -> None:
    kind, _, own_name = name.partition("/")
    obj = next(o for o in REAL["objects"] if o["kind"] == kind and meta.name(o) == own_name)
    text = describe.describe(obj, related_among(REAL["objects"]), times.parse(REAL["now"]))
    assert text == REAL["pages"][name]


def test_every_kind_but_event_has_a_page() -> None:
    assert set(describe.DESCRIBERS) == {kind.kind for kind in kinds.KINDS} - {"Event"}


def test_a_pod_of_a_real_cluster() -> None:
    text = page(samples.load(samples.POD), show_events=False)
    assert text.startswith("Name:             myweb-pod\nNamespace:        default\nPriority:         0\n")
    assert text.endswith(
        "Conditions:\n"
        "  Type                        Status\n"
        "  PodReadyToStartContainers   True \n"
        "  Initialized                 True \n"
        "  Ready                       True \n"
        "  ContainersReady             True \n"
        "  PodScheduled                True \n"
        "Volumes:\n"
        "  kube-api-access-gjjjl:\n"
        "    Type:                    Projected (a volume that contains injected data from multiple sources)\n"
        "    TokenExpirationSeconds:  3607\n"
        "    ConfigMapName:           kube-root-ca.crt\n"
        "    Optional:                false\n"
        "    DownwardAPI:             true\n"
        "QoS Class:                   BestEffort\n"
        "Node-Selectors:              <none>\n"
        "Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s\n"
        "                             node.kubernetes.io/unreachable:NoExecute op=Exists for 300s\n"
    )


def test_endpoints_of_a_real_cluster() -> None:
    assert page(samples.load(samples.ENDPOINTS)) == block("""
        Name:         mynapp-svc-multi
        Namespace:    default
        Labels:       endpoints.kubernetes.io/managed-by=endpoint-controller
        Annotations:  endpoints.kubernetes.io/last-change-trigger-time: 2026-11-23T01:37:44Z
        Subsets:
          Addresses:          10.233.101.11,10.233.103.11,10.233.76.7
          NotReadyAddresses:  <none>
          Ports:
            Name          Port  Protocol
            ----          ----  --------
            mynapp-https  8443  TCP
            mynapp-http   8080  TCP

        Events:  <none>
    """)


def test_an_empty_slice() -> None:
    empty = samples.obj("EndpointSlice", "mynapp-svc-wr5df", addressType="IPv4", endpoints=[], ports=[])
    assert page(empty) == block("""
        Name:         mynapp-svc-wr5df
        Namespace:    default
        Labels:       <none>
        Annotations:  <none>
        AddressType:  IPv4
        Ports: <unset>
        Endpoints: <none>
        Events:  <none>
    """)


def test_a_leaving_pod_says_how_long_it_lasts() -> None:
    pod = samples.load(samples.POD)
    pod["metadata"] |= {"deletionTimestamp": "2026-11-23T01:39:00Z", "deletionGracePeriodSeconds": 30}
    text = page(pod, now=samples.at("01:39:05"))
    assert "Status:                    Terminating (lasts 5s)\nTermination Grace Period:  30s\n" in text


def test_a_service_counts_what_it_does_not_show() -> None:
    service, endpoint_slice = samples.load(samples.SERVICE), samples.load(samples.ENDPOINT_SLICE)
    endpoint_slice["metadata"]["labels"]["kubernetes.io/service-name"] = "mynapp-svc-multi"
    endpoint_slice["ports"][0]["name"] = "mynapp-http"
    last = endpoint_slice["endpoints"][-1]
    endpoint_slice["endpoints"] += [last, last]
    text = page(service, endpoint_slice)
    assert "Endpoints:                10.233.101.13:8080,10.233.103.13:8080,10.233.76.9:8080 + 2 more...\n" in text
    assert "Endpoints:                \nSession Affinity:         None\n" in text


def test_events_count_how_often_and_since_when() -> None:
    event = samples.obj(
        "Event", "x.1", involvedObject={"kind": "Service", "name": "mynapp-svc-multi", "namespace": "default"},
        type="Normal", reason="R", message="m", source={"component": "c"}, count=4,
        firstTimestamp="2026-11-23T01:38:38Z", lastTimestamp="2026-11-23T01:38:42Z",
    )  # fmt: skip
    text = page(samples.load(samples.EXTERNAL_NAME), event)
    assert text.endswith("Events:            <none>\n")
    service = samples.load(samples.SERVICE)
    event["involvedObject"]["uid"] = meta.uid(service)
    assert page(service, event, now=samples.at("01:38:46")).endswith(
        "Events:\n"
        "  Type    Reason  Age              From  Message\n"
        "  ----    ------  ----             ----  -------\n"
        "  Normal  R       4s (x4 over 8s)  c     m\n"
    )
