"""Events as client-go's recorders write them: counted, combined, cut off."""

from typing import Any

from kubelab.cluster import Cluster
from kubelab.store import recorder

Obj = dict[str, Any]


def events(cluster: Cluster) -> list[Obj]:
    return cluster.store.list("Event", "default")


def service(cluster: Cluster) -> Obj:
    return cluster.store.read("Service", "default", "kubernetes")


def test_equal_events_are_counted() -> None:
    cluster = Cluster()
    for _ in range(3):
        cluster.recorder.event(service(cluster), "Normal", "Reason", "text", "me")
    assert [(event["message"], event["count"]) for event in events(cluster)] == [("text", 3)]


def test_from_the_tenth_similar_event_on_they_are_combined() -> None:
    cluster = Cluster()
    for number in range(14):
        cluster.recorder.event(service(cluster), "Normal", "Reason", f"text {number}", "me")
    shown = {event["message"]: event["count"] for event in events(cluster)}
    assert shown == {f"text {n}": 1 for n in range(9)} | {"(combined from similar events): text 13": 5}


def test_another_reason_is_not_similar() -> None:
    cluster = Cluster()
    for number in range(9):
        cluster.recorder.event(service(cluster), "Normal", "Reason", f"text {number}", "me")
    cluster.recorder.event(service(cluster), "Normal", "Other", "text", "me")
    assert [event["message"] for event in events(cluster)][-1] == "text"


def test_after_a_silence_events_stand_alone_again() -> None:
    cluster = Cluster()
    for number in range(9):
        cluster.recorder.event(service(cluster), "Normal", "Reason", f"text {number}", "me")
    cluster.clock.run_for(recorder.WINDOW + 1000)
    cluster.recorder.event(service(cluster), "Normal", "Reason", "late", "me")
    assert [event["message"] for event in events(cluster)][-1] == "late"


def test_a_talkative_source_is_cut_off_and_may_speak_again_later() -> None:
    cluster = Cluster()
    for _ in range(40):
        cluster.recorder.event(service(cluster), "Warning", "Reason", "text", "me")
    assert events(cluster)[0]["count"] == recorder.BURST
    cluster.recorder.event(service(cluster), "Warning", "Reason", "text", "another")
    assert [event["count"] for event in events(cluster)] == [recorder.BURST, 1]
    cluster.clock.run_for(recorder.REFILL)
    cluster.recorder.event(service(cluster), "Warning", "Reason", "text", "me")
    assert events(cluster)[0]["count"] == recorder.BURST + 1


def test_the_newer_recorder_counts_in_a_series() -> None:
    cluster = Cluster()
    for _ in range(3):
        cluster.recorder.report(service(cluster), "Normal", "Scheduled", "Binding", "text", "me", "here")
        cluster.clock.run_for(5)
    (event,) = events(cluster)
    assert event["series"]["count"] == 3
    assert (event["firstTimestamp"], event["source"], event["reportingInstance"]) == (None, {}, "me-here")
