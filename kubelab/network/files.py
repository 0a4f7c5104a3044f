"""The files of a container as programs in it see them: what its image brings, what kubelet writes, what was changed.

Changes are kept in the container's own `files`; they are gone when the container is. Folders exist because something
lies in them, or because they were made (kept as a path that ends with a slash).
"""

import posixpath
from typing import TYPE_CHECKING

from kubelab.api import meta
from kubelab.network import resolver, servers

if TYPE_CHECKING:
    from kubelab.network.session import Session

SECRETS = "/var/run/secrets/kubernetes.io/serviceaccount"
FOLDERS = """
    / /bin /dev /etc /home /lib /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/sbin /var
""".split()  # noqa: SIM905
GONE = "\0gone"
"""Kept in place of the text of a file of the image that was removed."""


def absolute(cwd: str, name: str) -> str:
    """The absolute path of a name."""
    return posixpath.normpath(posixpath.join(cwd, name)).replace("//", "/")


class Files:
    """One container's files."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._changed: dict[str, str] = session.container["files"]

    def read(self, path: str) -> str | None:
        """The text of a file, None if there is none."""
        kept = self._changed.get(path)
        if kept is not None:
            return None if kept == GONE else kept
        return self._given().get(path)

    def write(self, path: str, text: str, *, append: bool = False) -> str:
        """Write a file; what is wrong if that cannot be ("" if it could)."""
        if path == "/dev/null":
            return ""
        if self.is_folder(path):
            return "Is a directory"
        if not self.is_folder(posixpath.dirname(path)):
            return "nonexistent directory" if self._session.image.busybox else "No such file or directory"
        before = (self.read(path) or "") if append else ""
        self._changed[path] = before + text
        return ""

    def remove(self, path: str) -> bool:
        """Take a file away; whether it was there."""
        if self.read(path) is None:
            return False
        if path in self._given():
            self._changed[path] = GONE
        else:
            del self._changed[path]
        return True

    def make_folder(self, path: str) -> None:
        """Make a folder."""
        self._changed[path.rstrip("/") + "/"] = ""

    def remove_folder(self, path: str) -> None:
        """Take a folder and all in it away."""
        for name in self._all():
            if name.startswith(path.rstrip("/") + "/"):
                self.remove(name)

    def is_folder(self, path: str) -> bool:
        """Whether a path is a folder."""
        path = path.rstrip("/") or "/"
        inside = path.rstrip("/") + "/"
        return path in FOLDERS or path == self._session.cwd or any(n.startswith(inside) for n in self._all())

    def listing(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        inside = path.rstrip("/") + "/"
        below = [n[len(inside) :] for n in [*self._all(), *FOLDERS] if n.startswith(inside)]
        return sorted(dict.fromkeys(n.split("/")[0] for n in below if n))

    def _all(self) -> list[str]:
        kept = [path for path, text in self._changed.items() if text != GONE]
        return sorted(dict.fromkeys([*(p for p in self._given() if p not in self._changed), *kept]))

    def _given(self) -> dict[str, str]:
        session = self._session
        pod = session.pod
        given = {
            "/etc/hostname": resolver.hostname(pod) + "\n",
            "/etc/hosts": resolver.hosts_file(pod),
            "/etc/resolv.conf": resolver.resolv_conf(pod),
            "/etc/passwd": f"root:x:0:0:root:/root:/bin/{'sh' if session.image.busybox else 'bash'}\n",
            "/etc/os-release": f'PRETTY_NAME="{session.image.release}"\n',
        }
        if pod["spec"].get("automountServiceAccountToken") is not False:
            given |= {f"{SECRETS}/namespace": meta.namespace(pod), f"{SECRETS}/token": "(no real token)\n"}
        given |= servers.documents(session.world, pod, session.container)
        return given
