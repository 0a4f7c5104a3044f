"""`kubectl wait`: let the cluster move until objects are as asked, or until the time is up.

Stands for kubectl's pkg/cmd/wait. All objects share one deadline. A condition that the controllers have not looked at
since the object was last changed does not count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubelab.api import errors, meta
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, following, output, parser, resources
from kubelab.printers import gotext, jsonpath
from kubelab.store import store as stores

WEEK = 7 * 24 * 3_600_000
TIMED_OUT = "timed out waiting for the condition"
FORMAT = "--for=jsonpath='{.status.readyReplicas}'=3"
Check = Callable[[Obj], bool]
"""Whether an object is as asked; Failure if it never can be."""


@dataclass(frozen=True)
class Goal:
    """One value of --for: `create`, `delete`, or a check of the object."""

    what: str
    check: Check = lambda _: True


# ---- what to wait for


def goals(values: list[str]) -> list[Goal]:
    """The values of --for, `create` first; Failure if one is none."""
    if not values:
        raise console.Failure("unrecognized condition: []")
    found = [goal(value) for value in values]
    return sorted(found, key=lambda goal: goal.what != "create")


def goal(value: str) -> Goal:
    """One value of --for."""
    if value.lower() in ("create", "delete"):
        return Goal(value.lower())
    kind, _, rest = value.partition("=")
    if kind == "condition" and "=" in value:
        return Goal("condition", _condition(rest))
    if kind == "jsonpath" and "=" in value:
        return Goal("jsonpath", _jsonpath(rest))
    raise console.Failure(f"unrecognized condition: {errors.quote(value)}")


def _condition(text: str) -> Check:
    name, equals, wanted = text.partition("=")
    wanted = wanted if equals else "true"

    def check(obj: Obj) -> bool:
        for entry in (obj.get("status") or {}).get("conditions") or []:
            if str(entry.get("type", "")).casefold() == name.casefold() and "status" in entry:
                return not _is_behind(obj, entry) and str(entry["status"]).casefold() == wanted.casefold()
        return False

    return check


def _is_behind(obj: Obj, condition: Obj) -> bool:
    """Whether a condition is about an older generation of the object."""
    generation = meta.of(obj).get("generation")
    observed = condition.get("observedGeneration", (obj.get("status") or {}).get("observedGeneration"))
    return generation is not None and observed is not None and observed < generation


def _jsonpath(text: str) -> Check:
    parts = _split(text)
    if len(parts) > 2:
        raise console.Failure(f"jsonpath wait format must be {FORMAT} or --for=jsonpath='{{.status.readyReplicas}}'")
    path = _path(parts[0])
    wanted = parts[1].strip("'\"") if len(parts) == 2 else None
    if wanted == "":
        raise console.Failure(f"jsonpath wait has to have a value after equal sign, like {FORMAT}")
    if path is None:
        raise console.Failure("jsonpath expression cannot be empty")

    def check(obj: Obj) -> bool:
        lists = _found(path, obj)
        if not lists or not lists[0]:
            return False
        if len(lists) > 1:
            raise console.Failure("given jsonpath expression matches more than one list")
        if len(lists[0]) > 1:
            raise console.Failure("given jsonpath expression matches more than one value")
        return wanted is None or _shown(lists[0][0]).strip() == wanted.strip()

    return check


def _split(text: str) -> list[str]:
    """At each single `=`; `==` belongs to the path."""
    parts = [""]
    at = 0
    while at < len(text):
        if text.startswith("==", at):
            parts[-1] += "=="
            at += 2
            continue
        if text[at] == "=":
            parts.append("")
        else:
            parts[-1] += text[at]
        at += 1
    return parts


def _path(text: str) -> jsonpath.Path | None:
    """A path with or without its braces and its first dot, None if there is none."""
    try:
        template = jsonpath.relaxed(text)
        return jsonpath.Path(template) if template else None
    except gotext.PrintError as error:
        raise console.Failure(str(error)) from None


def _found(path: jsonpath.Path, obj: Obj) -> list[list[Any]]:
    try:
        return path.find(obj)
    except gotext.PrintError as error:
        raise console.Failure(str(error)) from None


def _shown(value: Any) -> str:
    """A plain value as Go's %v prints it."""
    if isinstance(value, dict | list):
        raise console.Failure("jsonpath leads to a nested object or list which is not supported")
    return gotext.plain(value)


# ---- waiting


def run(context: console.Context, command: parser.Command) -> None:
    """Wait until every object has reached all goals, one after the other."""
    wanted = goals(command.items("for"))
    timeout = command.number("timeout")
    _Wait(context, command, wanted, WEEK if timeout < 0 else timeout).run()


class _Wait:
    """One run of the command, with its deadline."""

    def __init__(self, context: console.Context, command: parser.Command, wanted: list[Goal], timeout: int) -> None:
        self.context = context
        self.command = command
        self.wanted = wanted
        self.once = timeout == 0
        self.end = context.cluster.clock.now + timeout
        self.printer = output.Printer(context, command, "condition met")

    def run(self) -> None:
        """Wait, for each object in turn; those that are not there are an error, unless they are to go."""
        kinds_of_goal = [goal.what for goal in self.wanted]
        selection = self._selection()
        if "create" in kinds_of_goal:
            self._until_there(selection)
        gone = "delete" in kinds_of_goal
        count = selection.each(self._wait, resources.is_not_found if gone else None)
        if not count and not gone:
            raise console.Failure("no matching resources found")

    def _selection(self) -> resources.Selection:
        command = self.command
        return resources.select(
            self.context,
            command.args,
            resources.Wanted(
                filenames=command.items("filename"), recursive=True, bare_types=command.on("all"),
                selector=command.text("selector"), fields=command.text("field-selector"),
                all_namespaces=command.on("all-namespaces"), latest=True,
            ),
        )  # fmt: skip

    def _left(self) -> int:
        return max(self.end - self.context.cluster.clock.now, 0)

    def _until_there(self, selection: resources.Selection) -> None:
        """Wait for the objects to be there; as in kubectl, two that are missing are an error at once."""

        def there() -> bool:
            found, failures = selection.infos()
            if len(failures) > 1 or not all(map(resources.is_not_found, failures)):
                console.raise_all(failures)
            return bool(found) and not failures

        if not there() and (self.once or not self.context.wait(there, self._left())):
            raise console.Failure(TIMED_OUT)

    def _wait(self, info: resources.Info) -> None:
        for goal in self.wanted:
            if goal.what == "create":
                self.printer.print(info.object)
            elif goal.what == "delete":
                self._until_gone(info)
            else:
                self._until_met(info, goal.check)

    def _until_gone(self, info: resources.Info) -> None:
        uid = meta.uid(info.object)

        def is_gone() -> bool:
            live = self._live(info)
            return live is None or meta.uid(live) != uid

        if not is_gone():
            if self.once:
                raise console.Failure(f"condition not met for {_named(info)}")
            if not self._left():
                raise console.Failure("context deadline exceeded")
            if not self.context.wait(is_gone, self._left()):
                raise self._timed_out(info)
        self.printer.print(info.object)

    def _until_met(self, info: resources.Info, check: Check) -> None:
        last = info.object

        def seen(event: stores.Event) -> bool:
            nonlocal last
            last = event.obj
            return event.type != "DELETED" and check(event.obj)

        if self._live(info) is None:
            raise errors.not_found(info.kind, info.name)
        if self.once and not check(info.object):
            raise console.Failure(f"condition not met for {_named(info)}")
        if not self._left() and not self.once:
            raise self._timed_out(info)
        if not following.follow(self.context, info, seen, self._left()):
            raise self._timed_out(info)
        self.printer.print(last)

    def _live(self, info: resources.Info) -> Obj | None:
        return self.context.cluster.store.find(info.kind.kind, info.namespace, info.name)

    def _timed_out(self, info: resources.Info) -> console.Failure:
        return console.Failure(f"{TIMED_OUT} on {_named(info)}")


def _named(info: resources.Info) -> str:
    return f"{info.kind.plural}/{info.name}"


VERB = parser.Verb(
    name="wait",
    use="wait ([-f FILENAME] | resource/name | resource [(-l label | --all)]) "
    "[--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
    about="Wait for a specific condition on one or many resources",
    flags=(
        *files.FLAGS,
        *output.FLAGS,
        parser.Flag("all", "", "bool", about="all objects of the types named"),
        parser.Flag("all-namespaces", "A", "bool", about="in all namespaces"),
        parser.Flag("field-selector", about="only objects with these fields"),
        parser.Flag(
            "for", "", "array", values=("create", "delete", "condition=", "jsonpath="), about="what to wait for"
        ),
        parser.Flag("selector", "l", about="only objects with these labels"),
        parser.Flag("timeout", "", "duration", default=30_000, about="how long to wait at most; 0: look once"),
    ),
    lacks=("--local",),
    run=run,
    watches=True,
)
