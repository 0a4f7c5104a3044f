"""`kubectl version`: which client and server kubelab plays."""

import json

from kubelab.kubectl import console, parser
from kubelab.printers import outputs

CLIENT = "v1.37.1"
KUSTOMIZE = "v5.8.1"
SERVER = "v1.36.2"


def _parts(version: str) -> dict[str, str]:
    major, minor, _ = version.removeprefix("v").split(".")
    return {"major": major, "minor": minor, "gitVersion": version, "platform": "linux/amd64"}


def run(context: console.Context, command: parser.Command) -> None:
    """Print the versions of client and server."""
    form = command.text("output")
    if form not in ("", "yaml", "json"):
        raise console.Failure("--output must be 'yaml' or 'json'")
    server = not command.on("client")
    if form:
        info: dict[str, object] = {"clientVersion": _parts(CLIENT), "kustomizeVersion": KUSTOMIZE}
        if server:
            info["serverVersion"] = _parts(SERVER)
        context.out(json.dumps(info, indent=2) if form == "json" else outputs.to_yaml(info))
        return
    context.out(f"Client Version: {CLIENT}")
    context.out(f"Kustomize Version: {KUSTOMIZE}")
    if server:
        context.out(f"Server Version: {SERVER}")


VERB = parser.Verb(
    name="version",
    use="version",
    about="Print the client and server version information",
    flags=(
        parser.Flag("client", "", "bool", about="the client's version only"),
        parser.Flag("output", "o", values=("yaml", "json"), about="yaml or json"),
    ),
    run=run,
)
