"""Every exercise's check: the right answer, no answer, and what learners get wrong."""

import pathlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubelab.lessons import book, checks, lesson, shelf, verdicts, words
from tests.lessons import player

EXERCISES = [each for name in shelf.names() for each in shelf.find(name).exercises]

SET = '%kubectl patch service {} --type=json -p \'[{{"op":"replace","path":"/spec/ports/0/{}","value":{}}}]\''
PROBE = (
    "%kubectl patch rs orders-rs --type=json -p "
    """'[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/port","value":8080}]'"""
)
CASHIER = "%kubectl delete pod cashier\n%kubectl run cashier --image=c1t1d0s7/network-multitool --env=PRICE_URL=http://"
APPLY_5 = "%%shell\nsed -i 's/replicas: 2/replicas: 5/' mynapp-rs.yml\nkubectl apply -f mynapp-rs.yml"
SHORT = "%kubectl expose rs mynapp-rs --name=mynapp-svc-short --port=80 --target-port=8080"
TIMEOUT = (
    "%kubectl patch service mynapp-svc-short -p "
    """'{"spec":{"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}}}}'"""
)
DB = "%kubectl create service clusterip db-svc --tcp=5432:5432"
CLIENT = "%kubectl run db-client --image=c1t1d0s7/network-multitool"

AGAIN = "%kubectl delete rs mynapp-rs\n%kubectl create -f mynapp-rs.yml\n%kubectl scale rs mynapp-rs --replicas=8"

TARGET = """%kubectl patch service shop-svc -p '{{"spec":{{"ports":[{{"port":80,"targetPort":{}}}]}}}}'"""
SHOP = "%kubectl expose rs mynapp-rs --name=shop-svc --port=80 --target-port=mynapp-http"
PEERS = "%kubectl expose rs mynapp-rs --name=peers --cluster-ip=None --port=80"
WEB = """%kubectl patch service peers -p '{"spec":{"ports":[{"port":80,"name":"web"}]}}'"""
DOOR = "%kubectl expose rs mynapp-rs --name=web-np --type=NodePort --port=80 --target-port=8080"
NODE_PORT = """%kubectl patch service web-np -p '{"spec":{"ports":[{"port":80,"nodePort":30080}]}}'"""
LOCAL = """%kubectl patch service web-np -p '{"spec":{"externalTrafficPolicy":"Local"}}'"""

WRONG: list[tuple[str, str, str]] = [
    # exercise, what was typed, the words that name the difference
    ("00.e1", "%kubectl create namespace helo", "other_name"),
    ("00.e1", "%kubectl create namespace hello-world", "other_name"),
    ("1-1.e1", "%kubectl scale deployment coredns -n kube-system --replicas=4", "count"),
    ("1-1.e1", "%kubectl scale deployment coredns -n kube-system --replicas=0", "count"),
    ("1-1.e1", "%kubectl delete service coredns -n kube-system", "gone"),
    (
        "1-1.e1",
        "%kubectl delete service coredns -n kube-system\n"
        "%kubectl expose deployment coredns -n kube-system --port=53 --protocol=UDP",
        "address_changed",
    ),
    ("1-2.e1", "%kubectl expose rs mynapp-rs --name=web --port=8080 --target-port=8000", "port"),
    ("1-2.e1", "%kubectl expose rs mynapp-rs --name=web --port=8000", "target_port"),
    ("1-2.e1", "%kubectl create service clusterip web --tcp=8000:8080", "selector_nobody"),
    ("1-2.e1", "%kubectl expose rs mynapp-rs --name=webb --port=8000 --target-port=8080", "other_name"),
    (
        "1-2.e1",
        "%kubectl create deployment web --image=c1t1d0s7/myweb\n"
        "%kubectl expose deployment web --port=8000 --target-port=8080",
        "selector_other",
    ),
    (
        "1-2.e1",
        "%kubectl expose rs mynapp-rs --name=web --port=8000 --target-port=8080 --cluster-ip=None",
        "no_cluster_ip",
    ),
    ("1-3.e1", "%kubectl set selector service my-web app=mywbe", "selector_nearest"),
    ("1-3.e1", "%kubectl set selector service my-web run=nettool", "stranger"),
    ("1-3.e1", "%kubectl run myweb2 --image=c1t1d0s7/myweb --labels=app=my-web", "stranger"),
    ("1-3.e1", "%kubectl delete pod myweb", "given_lost"),
    (
        "1-3.e1",
        "%kubectl delete service my-web\n%kubectl create service clusterip myweb --tcp=80:8080",
        "other_name",
    ),
    (
        "1-3.e1",
        "%kubectl set selector service my-web app=myweb\n"
        "%kubectl patch service my-web --type=json -p "
        """'[{"op":"replace","path":"/spec/ports/0/targetPort","value":80}]'""",
        "target_port",
    ),
    ("1-4.e1", "%kubectl label pod $pod app=mynapp-rs", "not_apart"),
    ("1-4.e1", "%kubectl delete pod $pod", "not_apart"),
    ("1-4.e1", "%kubectl create service clusterip debug-svc --tcp=80:8080", "selector_nobody"),
    ("1-4.e1", "%kubectl expose rs mynapp-rs --name=debug-svc --port=80 --target-port=8080", "mixed"),
    (
        "1-4.e1",
        "%kubectl label pod $pod app=debug\n%kubectl expose pod $pod --name=debug-svc --port=80 --target-port=80",
        "target_port",
    ),
    (
        "1-4.e1",
        "%kubectl label pod $pod app=debug\n%kubectl expose pod $pod --name=debug-svc --port=8080",
        "port",
    ),
    (
        "1-4.e1",
        "%kubectl run debug --image=c1t1d0s7/myweb --labels=app=debug\n"
        "%kubectl expose pod debug --name=debug-svc --port=80 --target-port=8080",
        "mixed",
    ),
    (
        "1-4.e1",
        "%kubectl label pod $pod app=debug\n%kubectl set selector service mynapp-svc app=debug",
        "selector_other",
    ),
    ("1-4.e1", "%kubectl delete rs mynapp-rs --cascade=orphan", "gone"),
    ("1-4.e1", "%kubectl delete service mynapp-svc", "gone"),
    ("1-5.e1", "%kubectl scale rs mynapp-rs --replicas=8", "drift"),
    ("1-5.e1", APPLY_5, "scaled"),
    ("1-5.e1", "%kubectl delete rs mynapp-rs", "gone"),
    (
        "1-5.e1",
        AGAIN,
        "not_applied",
    ),
    ("1-6.e1", f"{SHORT}\n{TIMEOUT}", "no_affinity"),
    ("1-6.e1", f"{SHORT} --session-affinity=ClientIP", "timeout"),
    ("1-6.e1", f"{SHORT.replace('--target-port=8080', '')} --session-affinity=ClientIP\n{TIMEOUT}", "target_port"),
    ("1-6.e1", f"{SHORT} --session-affinity=ClientIP --selector=run=nettool\n{TIMEOUT}", "selector_other"),
    ("2-1.e1", CLIENT, "no_object"),
    ("2-1.e1", f"{DB}\n{CLIENT[:-2]}", "not_running"),
    ("2-1.e1", "%kubectl create service externalname db-svc --external-name=db.example.com", "kind"),
    ("2-1.e1", f"{CLIENT}\n{DB}", "pod_older"),
    ("2-1.e1", f"{DB}\n{CLIENT}\n%kubectl delete service db-svc\n{DB}", "stale"),
    ("2-1.e1", f"%kubectl create service clusterip db-svc --clusterip=None --tcp=5432:5432\n{CLIENT}", "headless"),
    ("2-1.e1", DB, "no_object"),
    ("2-1.e1", "%kubectl create service clusterip db-svc --tcp=3306:3306", "port"),
    ("1-7.e1", TARGET.format(8080), "port_number"),
    ("1-7.e1", TARGET.format('"mynapp-https"'), "port_lacking"),
    ("1-7.e1", TARGET.format('"mynapp"'), "port_lacking"),
    ("1-7.e1", f"%kubectl delete service shop-svc\n{SHOP.replace('shop-svc', 'shop')}", "other_name"),
    ("1-7.e1", "%kubectl set selector service shop-svc app=mynapp", "selector_nearest"),
    ("2-2.e1", "%kubectl expose rs mynapp-rs --name=peers --port=80 --target-port=8080", "not_headless"),
    ("2-2.e1", f"{PEERS} --target-port=8080", "no_srv"),
    ("2-2.e1", "%kubectl create service clusterip peers --clusterip=None --tcp=80:8080", "selector_nearest"),
    ("2-2.e1", f"{PEERS}\n{WEB}", "target_port"),
    ("2-2.e1", "%kubectl create service externalname peers --external-name=mynapp-svc-headless", "kind"),
    ("3-1.e1", DOOR, "node_port"),
    ("3-1.e1", DOOR.replace("--type=NodePort ", ""), "kind"),
    ("3-1.e1", f"{DOOR}\n{NODE_PORT}", "masked"),
    ("3-1.e1", f"{DOOR.replace('8080', '80')}\n{NODE_PORT}\n{LOCAL}", "target_port"),
    ("3-1.e1", "%kubectl create service nodeport web-np --tcp=80:8080 --node-port=30080", "selector_nobody"),
    ("3-1.e1", DOOR.replace("web-np", "web"), "other_name"),
    ("3-2.e1", "%kubectl delete service mynapp-svc-lb", "gone"),
    ("3-2.e1", "%kubectl delete service mynapp-svc-lb\n%kubectl create -f mynapp-svc-lb.yml", "address_changed"),
    ("3-2.e1", """%kubectl patch service shop-lb -p '{"spec":{"type":"NodePort"}}'""", "kind"),
    ("3-2.e1", "%kubectl delete service shop-lb", "gone"),
    ("3-2.e1", """%kubectl patch service shop-lb -p '{"spec":{"externalIPs":["192.168.56.210"]}}'""", "no_address"),
    ("3-3.e1", "%kubectl create service externalname api --external-name=api.backend", "alias"),
    ("3-3.e1", "%kubectl create service externalname api --external-name=api", "alias"),
    ("3-3.e1", "%kubectl create service clusterip api --tcp=80:8080", "other_namespace"),
    (
        "3-3.e1",
        "%kubectl create service externalname backend --external-name=api.backend.svc.cluster.local",
        "other_name",
    ),
    ("4-1.e1", "%kubectl scale rs mynapp-rs --replicas=4", "crowd_strays"),
    ("4-1.e1", "%kubectl scale rs mynapp-rs --replicas=5", "crowd_strays"),
    (
        "4-1.e1",
        "%kubectl patch service mynapp-svc-ses-aff -p "
        """'{"spec":{"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":86400}}}}'""",
        "crowd_strays",
    ),
    (
        "4-1.e1",
        """%kubectl patch service mynapp-svc-ses-aff -p '{"spec":{"sessionAffinity":"None"}}'""",
        "affinity_off",
    ),
    ("4-1.e1", "%kubectl delete service mynapp-svc-ses-aff", "gone"),
    ("4-2.e1", "%kubectl set selector service cart app=crat", "selector_nearest"),
    ("4-2.e1", "%kubectl scale rs cart-rs --replicas=6", "selector_nearest"),
    ("4-2.e1", "%kubectl delete service cart", "no_object"),
    (
        "4-2.e1",
        "%kubectl delete service cart\n"
        "%kubectl expose rs cart-rs --name=cart --port=80 --target-port=8080 --cluster-ip=None",
        "no_cluster_ip",
    ),
    ("4-2.e1", "%kubectl expose rs cart-rs --name=cart2 --port=80 --target-port=8080", "selector_nearest"),
    (
        "4-2.e2",
        "%kubectl delete service catalog\n%kubectl expose rs catalog-rs --name=catalog --port=80",
        "target_port",
    ),
    ("4-2.e2", SET.format("catalog", "port", 80), "target_port"),
    ("4-2.e2", SET.format("catalog", "targetPort", 8080), "port"),
    ("4-2.e3", SET.format("search", "targetPort", '"https"'), "port_name"),
    ("4-2.e3", SET.format("search", "targetPort", 80), "target_port"),
    ("4-2.e4", PROBE, "not_ready"),
    ("4-2.e4", "%kubectl scale rs orders-rs --replicas=6", "not_ready"),
    ("4-2.e4", "%kubectl delete pod -l app=orders", "not_ready"),
    ("4-2.e4", """%kubectl patch service orders -p '{"spec":{"publishNotReadyAddresses":true}}'""", "not_ready"),
    ("4-2.e5", "%kubectl expose rs stock-rs -n shop --name=stock --port=80", "target_port"),
    (
        "4-2.e5",
        "%kubectl create service externalname stock -n shop --external-name=stock.default.svc.cluster.local",
        "kind",
    ),
    ("4-2.e5", "%kubectl set selector service stock app=stock-rs", "no_object"),
    ("4-2.e5", "%kubectl expose rs stock-rs -n shop --name=stock --port=8080", "port"),
    ("4-2.e6", f"{CASHIER}prise", "client_waits"),
    ("4-2.e6", f"{CASHIER}price:8080", "client_waits"),
    ("4-2.e6", "%kubectl delete pod cashier", "no_object"),
    ("4-2.e6", CASHIER.partition(" --env")[0], "client_unset"),
    ("4-2.e7", "%kubectl scale rs review-rs --replicas=6", "failing"),
    ("4-2.e7", "%kubectl delete pod -l version=v1", "failing"),
    ("4-2.e7", "%kubectl scale rs review-old-rs --replicas=3", "failing"),
    ("4-2.e7", "%kubectl set selector service review app=review,version=v1", "failing"),
    ("4-2.e7", "%kubectl scale rs review-old-rs --replicas=0\n%kubectl scale rs review-rs --replicas=1", "count"),
    ("4-2.e8", "%kubectl scale rs login-rs --replicas=6", "one_pod"),
    ("4-2.e8", "%kubectl delete pod gateway\n%kubectl run gateway --image=c1t1d0s7/network-multitool", "one_pod"),
    (
        "4-2.e8",
        "%kubectl delete service login\n"
        "%kubectl expose rs login-rs --name=login --port=80 --target-port=8080 --cluster-ip=None",
        "no_cluster_ip",
    ),
    (
        "4-2.e8",
        "%kubectl patch service login -p "
        """'{"spec":{"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":1}}}}'""",
        "one_pod",
    ),
]

RIGHT: list[tuple[str, str]] = [
    # other ways than the solution's
    ("1-7.e1", f"%kubectl delete service shop-svc\n{SHOP}"),
    ("3-2.e1", """%kubectl patch service spare-3 -p '{"spec":{"type":"ClusterIP"}}'"""),
    ("3-2.e1", 'lab.load_balancer("192.168.56.200-192.168.56.220")'),
    (
        "3-3.e1",
        "%%kubectl create -f -\n{apiVersion: v1, kind: Service, metadata: {name: api}, "
        "spec: {type: ExternalName, externalName: api.backend.svc.cluster.local.}}",
    ),
    (
        "3-3.e1",  # a DNS cache still knows the alias that led nowhere
        "%kubectl create service externalname api --external-name=api.backend.svc\n"
        "%kubectl exec nettool -- curl -sS http://api\n%kubectl delete service api\n"
        "%kubectl create service externalname api --external-name=api.backend.svc.cluster.local",
    ),
    (
        "2-2.e1",  # a DNS cache still knows that there was no such name
        "%%shell\nkubectl exec nettool -- dig +short SRV _web._tcp.peers.default.svc.cluster.local\n"
        "sed 's/mynapp-svc-headless/peers/; s/mynapp-http/web/' mynapp-svc-headless.yml | kubectl create -f -",
    ),
    ("4-1.e1", "%kubectl scale rs mynapp-rs --replicas=10"),
    ("4-2.e1", "%kubectl delete service cart\n%kubectl expose rs cart-rs --name=cart --port=80 --target-port=8080"),
    ("4-2.e1", "%kubectl delete service cart\n%kubectl create service clusterip cart --tcp=80:8080"),
    ("4-2.e1", "%kubectl label pods -l app=cart app=catr --overwrite"),
    ("4-2.e3", SET.format("search", "targetPort", 8080)),
    ("4-2.e5", "%kubectl create service clusterip stock --tcp=80:8080 -n shop"),
    ("4-2.e6", "%kubectl create service externalname prices --external-name=price.default.svc.cluster.local"),
    ("4-2.e6", "%kubectl expose rs price-rs --name=prices --port=80 --target-port=8080"),
    ("4-2.e6", f"{CASHIER}price.default"),
    ("4-2.e7", "%kubectl set selector service review app=review,version=v2"),
    ("4-2.e7", "%kubectl delete rs review-old-rs"),
]

Worlds = Callable[[lesson.Exercise], player.Player]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Players that stand just before an exercise; each lesson is played once, then its world is put back."""
    kept: dict[str, tuple[player.Player, pathlib.Path, dict[str, Any], dict[str, Any], dict[str, str]]] = {}
    patch = pytest.MonkeyPatch()
    patch.setenv("KUBELAB_LANG", "en")

    def world(exercise: lesson.Exercise) -> player.Player:
        if exercise.id not in kept:
            folder = tmp_path_factory.mktemp("en")
            patch.chdir(folder)
            one = player.Player()
            home = next(shelf.find(name) for name in shelf.names() if exercise in shelf.find(name).exercises)
            one.play_until(home, f"{exercise.id.partition('.')[2]}-work")
            files = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
            kept[exercise.id] = one, folder, one.lab.cluster.snapshot(), dict(one.names), files
        one, folder, snapshot, names, files = kept[exercise.id]
        patch.chdir(folder)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        one.lab.cluster.restore(snapshot)
        one.names = dict(names)
        return one

    yield world
    patch.undo()


def verdict(one: player.Player, exercise: lesson.Exercise) -> verdicts.Verdict:
    found = checks.CHECKS[exercise.id](book.look_at(one.lab))
    for lang in lesson.LANGS:
        assert words.say(lang, found.key, **found.values)
    return found


def ids(value: object) -> str | None:
    return value.id if isinstance(value, lesson.Exercise) else None


@pytest.mark.parametrize("exercise", EXERCISES, ids=ids)
def test_no_answer_is_not_tried_yet(worlds: Worlds, exercise: lesson.Exercise) -> None:
    one = worlds(exercise)
    assert verdict(one, exercise).state == "untried"
    one.play(exercise.start)
    assert verdict(one, exercise).state == "untried"


@pytest.mark.parametrize("exercise", EXERCISES, ids=ids)
def test_a_new_world_is_not_tried_yet(exercise: lesson.Exercise) -> None:
    one = player.Player()
    one.play("import kubelab\nlab = kubelab.Lab(seed=3, lang='en')")
    assert verdict(one, exercise).state in ("untried", "almost")


@pytest.mark.parametrize("exercise", EXERCISES, ids=ids)
def test_the_solution_is_done(worlds: Worlds, exercise: lesson.Exercise) -> None:
    one = worlds(exercise)
    one.play(exercise.start)
    one.play(exercise.solution)
    found = verdict(one, exercise)
    assert found.state == "done", found
    card = book.check(one.lab, exercise.id)
    assert card.tone == "done"
    assert exercise.after["en"].replace("`", "").replace("*", "") in repr(card)


@pytest.mark.parametrize(("id", "typed", "told"), WRONG)
def test_a_wrong_answer_is_named(worlds: Worlds, id: str, typed: str, told: str) -> None:
    exercise = shelf.exercise(id)
    assert exercise is not None
    one = worlds(exercise)
    one.play(exercise.start)
    one.play(typed)
    found = verdict(one, exercise)
    assert (found.state, found.key) == ("almost", told), found


@pytest.mark.parametrize(("id", "typed"), RIGHT)
def test_another_right_answer_is_done(worlds: Worlds, id: str, typed: str) -> None:
    exercise = shelf.exercise(id)
    assert exercise is not None
    one = worlds(exercise)
    one.play(exercise.start)
    one.play(typed)
    found = verdict(one, exercise)
    assert found.state == "done", found


def test_every_exercise_has_wrong_answers() -> None:
    for exercise in EXERCISES:
        assert len([id for id, _, _ in WRONG if id == exercise.id]) >= 2, exercise.id


def test_a_check_leaves_the_world_as_it_was(worlds: Worlds) -> None:
    exercise = shelf.exercise("1-6.e1")
    assert exercise is not None
    one = worlds(exercise)
    one.play(exercise.solution)
    one.lab.settle()
    before = one.lab.cluster.snapshot()
    assert verdict(one, exercise).state == "done"
    assert one.lab.cluster.snapshot() == before


def test_the_nearest_label_is_named(worlds: Worlds) -> None:
    exercise = shelf.exercise("1-3.e1")
    assert exercise is not None
    one = worlds(exercise)
    one.play(exercise.start)
    one.play("%kubectl set selector service my-web app=mywbe")
    card = repr(book.check(one.lab, exercise.id))
    assert re.search(r"selects app=mywbe; no pod carries it\. The nearest is app=myweb\.", card), card
