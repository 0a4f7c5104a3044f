"""The volumes of a pod, as far as a lesson on Services can meet them.

Stands for describeVolumes in kubectl/pkg/describe (1.37). Kinds of volumes that are not here print `<unknown>`, which
is what kubectl says of those it does not know.
"""

from collections.abc import Callable, Iterator

from kubelab.api import meta, quantities
from kubelab.printers import texts
from kubelab.printers.describe import writer

Fields = Iterator[tuple[str, object]]


def write(volumes: list[meta.Obj], page: writer.Page, *, indent: str = "") -> None:
    """All volumes; `indent` as in `containers.write`."""
    if not volumes:
        page.field(0, f"{indent}Volumes", texts.NONE)
        return
    page.write(0, f"{indent}Volumes:")
    for volume in volumes:
        page.write(1, f"{' ' if indent else ''}{volume['name']}:")
        kind = next((kind for kind in KINDS if kind in volume), None)
        if kind is None:
            page.write(1, "<unknown>")
            continue
        text, fields = KINDS[kind]
        page.field(2, "Type", text)
        for label, value in fields(volume[kind] or {}):
            page.field(2, label, value)


def _flag(value: object) -> str:
    return str(bool(value)).lower()


def _host_path(source: meta.Obj) -> Fields:
    yield "Path", source.get("path") or ""
    yield "HostPathType", texts.NONE if source.get("type") is None else source["type"]


def _empty_dir(source: meta.Obj) -> Fields:
    limit = source.get("sizeLimit")
    yield "Medium", source.get("medium") or ""
    yield "SizeLimit", quantities.canonical(str(limit)) if limit else texts.UNSET


def _secret(source: meta.Obj) -> Fields:
    yield "SecretName", source.get("secretName") or ""
    yield "Optional", _flag(source.get("optional"))


def _config_map(source: meta.Obj) -> Fields:
    yield "Name", source.get("name") or ""
    yield "Optional", _flag(source.get("optional"))


def _claim(source: meta.Obj) -> Fields:
    yield "ClaimName", source.get("claimName") or ""
    yield "ReadOnly", _flag(source.get("readOnly"))


def _projected(source: meta.Obj) -> Fields:
    for part in source.get("sources") or []:
        if "secret" in part:
            yield "SecretName", part["secret"].get("name") or ""
            yield "Optional", _flag(part["secret"].get("optional"))
        elif "downwardAPI" in part:
            yield "DownwardAPI", "true"
        elif "configMap" in part:
            yield "ConfigMapName", part["configMap"].get("name") or ""
            yield "Optional", _flag(part["configMap"].get("optional"))
        elif "serviceAccountToken" in part:
            yield "TokenExpirationSeconds", part["serviceAccountToken"].get("expirationSeconds") or 0


KINDS: dict[str, tuple[str, Callable[[meta.Obj], Fields]]] = {
    "hostPath": ("HostPath (bare host directory volume)", _host_path),
    "emptyDir": ("EmptyDir (a temporary directory that shares a pod's lifetime)", _empty_dir),
    "secret": ("Secret (a volume populated by a Secret)", _secret),
    "configMap": ("ConfigMap (a volume populated by a ConfigMap)", _config_map),
    "persistentVolumeClaim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        _claim,
    ),
    "projected": ("Projected (a volume that contains injected data from multiple sources)", _projected),
}
