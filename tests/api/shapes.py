"""Strategies of hypothesis: objects of every kind, mostly well-formed, with something wrong here and there."""

from hypothesis import strategies as st

from kubelab.api import decoding, kinds

JUNK = [
    "x", 7, True, None, [], {}, [1], ["a"], {"a": 1}, 80.5, 99999999999, -1, 0, "", [None], {"a": None}, [[]], [{}],
    1e21, "80", "TCP", "None", "a.b", "A B", "-x", "é", "x" * 300, "2020-01-01T00:00:00Z", "10m", "25%", 2**63,
]  # fmt: skip
PLAIN = {
    "int32": st.sampled_from([0, 1, 5, 80, 8080, 30080, -1]),
    "int64": st.sampled_from([0, 1, 30]),
    "bool": st.booleans(),
    "time": st.just("2026-01-01T00:00:00Z"),
    "microtime": st.just("2026-01-01T00:00:00.000000Z"),
    "quantity": st.sampled_from(["1", "100m", "64Mi", 2]),
    "int-or-string": st.sampled_from([0, 1, 80, "http", "25%", "8080"]),
    "any": st.just({}),
}
WORDS = st.sampled_from(["a", "web", "nginx:1.27", "TCP", "UDP", "ClusterIP", "NodePort", "None", "10.0.0.1", "/a", ""])


def _typed(type_, depth):
    if type_.startswith("[]"):
        return st.lists(value(type_[2:], depth + 1), max_size=2)
    if type_.startswith("{}"):
        return st.dictionaries(st.sampled_from(["a", "b", "x/y"]), value(type_[2:], depth + 1), max_size=2)
    fields = decoding.table()["types"].get(type_)
    if fields is None:
        return PLAIN.get(type_, WORDS)
    names = [name for name, inner in fields.items() if inner != "refused"]
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=4 if depth < 2 else 3) if names else st.just([])
    return chosen.flatmap(lambda some: st.fixed_dictionaries({name: value(fields[name], depth + 1) for name in some}))


def value(type_, depth=0):
    """A value of a type of the field table, now and then of another."""
    if depth == 0:
        return _typed(type_, depth)
    return st.integers(0, 30).flatmap(lambda dice: st.sampled_from(JUNK) if dice == 0 else _typed(type_, depth))


@st.composite
def objects(draw, names=tuple(kind.kind for kind in kinds.KINDS)):
    """An object of one of the kinds, as a manifest might hold it."""
    kind = kinds.of(draw(st.sampled_from(names)))
    obj = draw(value(decoding.table()["kinds"][kind.kind]))
    return {**obj, "apiVersion": kind.api_version, "kind": kind.kind}
