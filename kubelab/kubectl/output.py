"""`-o`: how a command prints the objects that it made, changed or got.

Stands for cli-runtime's genericclioptions (PrintFlags, JSONPath and template flags) and kubectl's get flags. A
`Printer` is made before anything is done, so that a wrong format changes nothing.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from kubelab.api import errors
from kubelab.api.meta import Obj
from kubelab.kubectl import console, files, parser
from kubelab.printers import custom_columns, gotemplate, gotext, jsonpath, outputs

PLAIN = ("json", "kyaml", "name", "yaml")
TEMPLATES = ("go-template", "go-template-file", "template", "templatefile")
PATHS = ("jsonpath", "jsonpath-as-json", "jsonpath-file")
COLUMNS = ("custom-columns", "custom-columns-file")

FLAGS = (
    parser.Flag("allow-missing-template-keys", "", "bool", default=True, about="a missing field is no error"),
    parser.Flag("output", "o", values=("json", "yaml", "name", "jsonpath=", "go-template="), about="how to print"),
    parser.Flag("show-managed-fields", "", "bool", about="accepted; there are none here"),
    parser.Flag("template", about="the template of -o go-template or jsonpath"),
)
"""The flags of every verb that prints objects."""


@dataclass(frozen=True)
class Format:
    """The value of `-o`, taken apart: `jsonpath` and `{.metadata.name}`."""

    name: str
    template: str = ""


def allowed(columns: bool) -> str:
    """The list of formats in the error message."""
    names = [*PLAIN, *TEMPLATES, *PATHS, *((*COLUMNS, "wide") if columns else ())]
    return ",".join(sorted(names))


def parse(command: parser.Command, *, columns: bool = False) -> Format:
    """The format that a command asks for ("" for none); Failure if there is no such format."""
    value, template = command.text("output"), command.text("template")
    if not value and template:
        return Format("go-template", template)
    lowered = value.lower()
    if lowered in ("", *PLAIN) or (columns and lowered == "wide"):
        return Format(lowered)
    name, equals, given = value.partition("=")
    templated = (*TEMPLATES, *PATHS)
    if name in templated or (columns and name in COLUMNS):
        given = given if equals else template
        if not given and name in COLUMNS:
            raise console.Failure("custom-columns format specified but no custom columns given")
        if not given:
            raise console.Failure("template format specified but no template given")
        return Format(name, given)
    raise console.Failure(
        f"unable to match a printer suitable for the output format {errors.quote(value)}, "
        f"allowed formats are: {allowed(columns)}"
    )


def renderer(context: console.Context, command: parser.Command, form: Format, typed: bool) -> Callable[[Obj], str]:
    """What turns an object (or a List) into the text of a format; Failure if its template is none."""
    if form.name == "json" and typed:
        return _typed_json
    if form.name in outputs.FORMATS:
        return outputs.FORMATS[form.name]
    if not command.on("allow-missing-template-keys"):
        raise parser.Refused("the flag --allow-missing-template-keys=false")
    try:
        text = _template(context, form)
        render = _templated(context, command, form, text)
    except gotext.PrintError as error:
        raise console.Failure(str(error)) from None

    def guarded(obj: Obj) -> str:
        try:
            return render(obj)
        except gotext.PrintError as error:
            if isinstance(error, gotemplate.TemplateError):
                context.out(error.printed, end="")
            raise console.Failure(str(error)) from None

    return guarded


def _typed_json(obj: Obj) -> str:
    """What a generator made, in the order of Go's types, which is how its keys come."""
    text = json.dumps(obj, indent=4, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e") + "\n"


def _template(context: console.Context, form: Format) -> str:
    """The template of a format, read from its file where it names one."""
    if not form.name.endswith("file"):
        return form.template
    try:
        return files.read(form.template, context.cwd / form.template)
    except console.Failure as failure:
        flag = "template" if form.name == "custom-columns-file" else "--template"
        raise console.Failure(f"error reading {flag} {form.template}, {failure}") from None


def _templated(context: console.Context, command: parser.Command, form: Format, text: str) -> Callable[[Obj], str]:
    """What fills a template in."""
    if form.name in PATHS:
        return jsonpath.Printer(text, as_json=form.name == "jsonpath-as-json").text
    if form.name in TEMPLATES:
        return gotemplate.Printer(text).text
    columns = (
        custom_columns.from_template(text) if form.name == "custom-columns-file" else custom_columns.from_spec(text)
    )
    printer = custom_columns.Printer(columns, headers=not command.flags.get("no-headers"))

    def rows(obj: Obj) -> str:
        try:
            return printer.text(obj["items"] if obj.get("kind") == "List" else [obj])
        except gotext.PrintError:
            context.out(printer.begun(), end="")
            raise

    return rows


class Printer:
    """Prints objects one after the other: `service/web created`, or as `-o` says."""

    def __init__(
        self, context: console.Context, command: parser.Command, operation: str, dry_run: str = "none",
        *, typed: bool = False,
    ) -> None:  # fmt: skip
        self.context = context
        self.operation = operation + console.DRY_RUN_SUFFIX[dry_run]
        self.form = parse(command)
        self.render = None if self.form.name == "" else renderer(context, command, self.form, typed)
        self.printed = 0

    def print(self, obj: Obj, operation: str = "") -> None:
        """Print one object, with another operation than the printer's if one is given."""
        if self.render is None:
            self.context.out(f"{outputs.resource_name(obj)} {operation or self.operation}")
            return
        if self.printed and self.form.name == "yaml":
            self.context.out("---")
        self.context.out(self.render(obj), end="")
        self.printed += 1
