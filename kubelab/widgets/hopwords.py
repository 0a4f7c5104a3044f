"""The reasons along a request's way, in Korean: the same gaps as the engine's English sentences.

The network room speaks English; a sentence that is missing here is shown as it is.
"""

from dataclasses import dataclass

from kubelab.network import hops

STAGES = {
    hops.NAME: ("이름 풀이", "name"),
    hops.PACKET: ("패킷", "packet"),
    hops.RULE: ("규칙", "rule"),
    hops.REWRITE: ("주소 변환", "rewrite"),
    hops.ARRIVE: ("도착", "arrival"),
    hops.END: ("끝", "end"),
}

OUTCOMES = {
    hops.ANSWERED: ("응답함", "answered"),
    hops.REFUSED: ("연결 거부", "refused"),
    hops.TIMEOUT: ("응답 없음", "timed out"),
    hops.UNRESOLVED: ("이름을 찾지 못함", "unresolved"),
}

KOREAN = {
    # path.py
    "packet {source} -> {address} meets the rules of {node}": (
        "패킷 {source} → {address}: {node} 노드의 규칙을 만납니다"
    ),
    "packet {source} -> {address} arrives at {node} and meets its rules": (
        "패킷 {source} → {address}: {node} 노드에 도착해 그 규칙을 만납니다"
    ),
    "{address} cannot be reached from outside the cluster: no route, no answer": (
        "{address}: 클러스터 밖에서는 갈 길이 없어 응답이 없습니다"
    ),
    "destination {from} becomes {to}": "목적지가 바뀝니다: {from} → {to}",
    "destination {from} becomes {to}, source becomes {source} (masquerade)": (
        "목적지가 바뀝니다: {from} → {to}. 출발지도 바뀝니다(마스커레이드): {source}"
    ),
    "NodeLocal DNSCache answers on every node": "모든 노드에서 NodeLocal DNSCache가 대답합니다",
    "nothing listens on {address}: refused": "{address}: 듣는 프로세스가 없어 거부됩니다",
    "{pod} sees {source} and answers": "파드 {pod}: 대답합니다(출발지 {source})",
    "nothing in {pod} listens on port {port}: refused": "파드 {pod}: {port}번 포트에서 듣는 프로세스가 없어 거부됩니다",
    "no process runs in {pod}: refused": "파드 {pod}: 실행 중인 프로세스가 없어 거부됩니다",
    "the API server on {ip} answers": "{ip}의 API 서버가 대답합니다",
    "nothing on the node listens on port {port}: refused": "노드의 {port}번 포트에서 듣는 프로세스가 없어 거부됩니다",
    "no pod has the address {ip}: no answer": "{ip}: 이 주소의 파드가 없어 응답이 없습니다",
    "no Service answers at {address}: no answer": "{address}: 이 주소의 서비스가 없어 응답이 없습니다",
    "{ip} lies outside the cluster, and there is no internet in here: no answer": (
        "{ip}: 클러스터 밖의 주소이고, 이 안에는 인터넷이 없어 응답이 없습니다"
    ),
    # proxy.py
    "{service} has no endpoints: {address} is refused (REJECT)": (
        "{service} 서비스에 엔드포인트가 없습니다: {address} 연결을 거부합니다(REJECT)"
    ),
    "{address} is not open to this source address (loadBalancerSourceRanges): dropped": (
        "{address}: 이 출발지에는 열려 있지 않아 버립니다(loadBalancerSourceRanges)"
    ),
    "{service} has no local endpoints on this node: dropped": (
        "{service} 서비스의 엔드포인트가 이 노드에는 없어 버립니다"
    ),
    "{address} is the {way} of {service}": "{address}: {service} 서비스의 주소입니다({way})",
    "no rule for {address}: the packet goes on as it is": "{address}: 해당하는 규칙이 없어 패킷이 그대로 나아갑니다",
    "{ip} is an address of this node (kube-ipvs0), nothing listens there: refused": (
        "{ip}: 이 노드의 주소(kube-ipvs0)이지만 듣는 프로세스가 없어 거부됩니다"
    ),
    "{ip} is a Service's, but not with this port: refused": "{ip}: 서비스의 주소이지만 이 포트는 없어 거부됩니다",
    "{ip} belongs to no Service: dropped": "{ip}: 어느 서비스의 주소도 아니어서 버립니다",
    # balancers.py
    "{server} keeps {client} with {endpoint}: persistent for {timeout} s since its last connection": (
        "{server}: 클라이언트 {client} → {endpoint} 고정, 마지막 연결부터 {timeout}초"
    ),
    "{server} uses scheduler {scheduler}: next is {endpoint}": "{server}: 스케줄러 {scheduler}, 다음은 {endpoint}",
    "{client} is not remembered for {endpoint}: no": "{endpoint}: 클라이언트 {client} 기록 없음 → 아니요",
    "{client} was sent to {endpoint} {age} s ago, {left} s left: yes": (
        "{endpoint}: 클라이언트 {client} 기록 있음({age}초 전, {left}초 남음) → 예"
    ),
    "{endpoint}: last rule, always: yes": "{endpoint}: 마지막 규칙이므로 언제나 → 예",
    "{endpoint}: odds {odds}, drawn {drawn}: yes": "{endpoint}: 확률 {odds}, 뽑은 수 {drawn} → 예",
    "{endpoint}: odds {odds}, drawn {drawn}: no": "{endpoint}: 확률 {odds}, 뽑은 수 {drawn} → 아니요",
    "numgen random mod {n} is {index}: {endpoint}": "numgen random mod {n} = {index}: {endpoint}",
    # world.py
    "{name}: {outcome} (asked {server})": "{name}: {outcome} (물어본 곳 {server})",
    "{name}: {addresses} (asked {server})": "{name}: {addresses} (물어본 곳 {server})",
    "{name} has no address: {failure}": "{name}: 주소가 없습니다({failure})",
    "{name}: no address (asked {server})": "{name}: 주소가 없습니다(물어본 곳 {server})",
}


def told(step: hops.Hop | hops.Verdict, lang: str) -> str:
    """The reason of one hop, or the verdict's."""
    if lang == "ko" and step.said in KOREAN:
        return KOREAN[step.said].format(**step.values)
    return step.text


def stage(name: str, lang: str) -> str:
    """What kind of step it is."""
    return STAGES.get(name, (name, name))[lang != "ko"]


def outcome(name: str, lang: str) -> str:
    """How it ended."""
    return OUTCOMES.get(name, (name, name))[lang != "ko"]


def failure(reason: str, lang: str) -> str:
    """Why requests failed."""
    if not isinstance(reason, hops.Failure):
        return reason
    return f"{outcome(reason.verdict.outcome, lang)}: {told(reason.verdict, lang)}"


@dataclass(frozen=True, slots=True)
class Spoken(hops.Path):
    """A path that prints itself in a learner's language."""

    lang: str = "en"

    def told(self, step: hops.Hop | hops.Verdict) -> str:
        """A reason."""
        return told(step, self.lang)

    def ended(self) -> str:
        """The outcome."""
        return outcome(self.verdict.outcome, self.lang)


def spoken(path: hops.Path, lang: str) -> Spoken:
    """The path in a language."""
    return Spoken(path.client, path.target, path.hops, path.verdict, lang)
