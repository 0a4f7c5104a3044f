"""Compares transcripts of the same scenario, blind to what a cluster makes up itself.

compare.py TRANSCRIPT... --runner module:function    replays the steps with run(line, cwd) -> (stdout, stderr, code)
compare.py TRANSCRIPT... --kubectl 'COMMAND'         replays them with bash, where kubectl stands for COMMAND
compare.py TRANSCRIPT... --against FOLDER            compares with the transcripts of the same names in FOLDER

TRANSCRIPT: a file that record.py wrote, or a folder of them. A runner function may have the attributes `reset`
(called before each scenario with its name) and `settle` (called after each step marked `settle: true`).

Blind to: times and ages; resource versions and event names; column widths; node names and addresses (but in steps
about nodes); and the names, IPs, cluster IPs, node ports and uids that the cluster picked (all that the scenario's
own text does not name). Those that the cluster picked are held to be the same ones from step to step: if the text
says that the pod which lost its label is gone from the endpoints, the IP that must be missing there is that pod's.
Where an order follows from such a name or IP, any order will do, as long as the rows of `get` are in the order of
their names and an Endpoints list is in the order of its addresses. A step marked `forget: true` has the cluster
choose among pods (which ones a smaller scale leaves), so from there on names and IPs are strangers again.
"""
import argparse
import dataclasses
import difflib
import importlib
import itertools
import os
import re
import sys
import tempfile
from collections import defaultdict

from tests.golden import transcript

SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]{5}"  # of names that the API server or a controller makes up
HASH = "[456789bcdf]{6,10}"  # of a pod template
WORD = "[a-z0-9]+(?:-[a-z0-9]+)*"
DURATION = r"(?:\d+[dhms]|\d+y\d+d|\d+d\d+h|\d+h\d+m|\d+m\d+s)"
MASKS = [(re.compile(pattern), to) for pattern, to in [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", "<time>"),
    (r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "<time>"),
    (r"""(resourceVersion["']?:\s?["']?)\d+""", r"\1<version>"),
    (r"([a-z-]+://|sha256:)[0-9a-f]{64}", r"\1<hex>"),
    (r"^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ ", r"\1<time> "),
    (r"(?<=[a-z0-9])\.[0-9a-f]{14,16}(?![0-9a-f])", ".<event>"),
    (rf"\((?:x\d+ over )?{DURATION}( ago)?\)", lambda m: re.sub(DURATION + r"(?=\)| ago)", "<age>", m[0])),
    (rf"(?<!\S)(?<!\S ){DURATION}(?=  |$| \(x\d+ over )", "<age>"),  # a cell of its own
]]
NODES = [(re.compile(r"\bkube-node[123]\b"), "<node>"), (re.compile(r"\b192\.168\.56\.2[123]\b"), "<host>")]
MORE = re.compile(r"(?:[\d.]+(?::\d+)?,)+[\d.]+(?::\d+)?(?= \+ \d+ more\.\.\.)")
TOKEN = re.compile(rf"""(?P<uid>\b[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}\b)
    |(?P<ip>(?<![\d.])10\.233\.\d{{1,3}}\.\d{{1,3}}(?![\d/]))
    |(?P<port>(?<![\w.-])3[0-2]\d\d\d(?![\w.-]))
    |(?P<name>(?<![\w.-]){WORD}(?![\w-]))""", re.VERBOSE)
IDENTITY = {"pod", "ip", "template"}  # tokens of these kinds decide orders


@dataclasses.dataclass(frozen=True)
class Token:
    """Something the cluster made up: its kind and what it is."""
    kind: str
    text: str


@dataclasses.dataclass
class Bag:
    """Sibling parts in no particular order."""
    items: list
    joiner: str = ""


class Parser:
    """Turns an output into parts: texts, tokens and bags (nested lists of parts)."""

    def __init__(self, sources):
        text = "\n".join(sources)
        self.literal = set(re.findall(WORD, text)) | set(re.findall(r"[\d.]+", text)) | {"10.233.0.1", "30000", "32767"}
        self.known = self.literal | {"kube-api-access", "default-token"}
        self.hashes = set()

    def __call__(self, text, line):
        """`line` is the command that printed the text."""
        self.about_nodes = re.search(r"\bnodes?\b", line) is not None
        self.get = re.search(r"\bget\b", line) is not None
        self.by_name = self.get and not re.search(r"--sort-by|jsonpath|template|\bevents?\b|\bev\b", line)
        self.hashes |= set(re.findall(rf"""pod-template-hash(?:=|["']?:\s?["']?)({HASH})\b""", text))
        if not text:
            return []
        if "EndpointSlice" in text:  # counts the steps in which pods turned up
            text = re.sub(r"""(?m)^( *"?generation"?: )\d+""", r"\1<generation>", text)
        lines = text.split("\n")
        return self._block(lines[:-1], "\n") + ([] if lines[-1] == "" else self._line(lines[-1]))

    # ---- lines

    def _block(self, lines, end):
        parts, i = [], 0
        while i < len(lines):
            taken, group = self._siblings(lines, i)
            if taken:
                parts += group
                i += taken
                continue
            run = [self._line(lines[i])]
            head = self._head(run[0])
            while head is not None and i + len(run) < len(lines):
                more = self._line(lines[i + len(run)])
                if self._head(more) != head:
                    break
                run.append(more)
            i += len(run)
            if len(run) > 1:
                names = [[t.text for t in tokens(r) if t.kind in ("pod", "template")][:2] for r in run]
                parts += [Bag([r + [end] for r in run])] + (["<not sorted>\n"] if self.by_name and names != sorted(names) else [])
            else:
                parts += run[0] + [end]
        return parts

    def _head(self, parts):
        """What stands before the first token, if that is one which decides an order."""
        text = ""
        for p in parts:
            if isinstance(p, str):
                text += p
            else:
                return text if isinstance(p, Token) and p.kind in IDENTITY else None
        return None

    def _siblings(self, lines, i):
        """List items of YAML (`- `) or JSON (`{`) from line i on: (lines taken, parts)."""
        yaml_item, json_item = re.match(r"( *)- ", lines[i]), re.fullmatch(r"( *)\{", lines[i])
        if not (yaml_item or json_item):
            return 0, []
        pad = (yaml_item or json_item)[1]
        items, j = [], i
        while j < len(lines):
            k = j + 1
            if yaml_item:
                if not lines[j].startswith(pad + "- "):
                    break
                while k < len(lines) and (lines[k].startswith(pad + "  ") or not lines[k].strip()):
                    k += 1
                body = [pad + "  " + lines[j][len(pad) + 2:]] + lines[j + 1:k]
                item = self._block(body, "\n")
                first = item[0] if isinstance(item[0], str) else pad + "  "
                items.append([pad + "- " + first[len(pad) + 2:]] + item[isinstance(item[0], str):])
            else:
                if lines[j] != pad + "{":
                    break
                while k < len(lines) and lines[k] not in (pad + "}", pad + "},"):
                    k += 1
                if k == len(lines):
                    break
                items.append([pad + "{\n"] + self._block(lines[j + 1:k], "\n") + [pad + "}\n"])
                k += 1
            j = k
        if not items:
            return 0, []
        if len(items) > 1 and all(any(t.kind in IDENTITY for t in tokens(item)) for item in items):
            return j - i, [Bag(items)]
        return j - i, [p for item in items for p in item]

    # ---- within a line

    def _line(self, text):
        for pattern, to in MASKS + ([] if self.about_nodes else NODES):
            text = pattern.sub(to, text)
        text = MORE.sub(lambda m: re.sub(r"10\.233\.[\d.]+", "<ip>", m[0]) + (self._order(m[0].split(","), text) if ":" in m[0] else ""), text)
        margin = re.match(" *", text)[0]
        parts = [margin]
        for n, cell in enumerate(re.split(" {2,}", text[len(margin):])):
            parts += (["  "] if n else []) + self._cell(cell, ", " if ", " in cell else ",", text)
        return merged(parts)

    def _cell(self, text, separator, line):
        """A cell; the equal parts of a list in it are a bag."""
        pieces = text.split(separator)
        if len(pieces) > 1 and all(re.fullmatch(r"[\d.]+:\d+", p) for p in pieces):
            return self._subsets(pieces) + [self._order(pieces, line)]
        if len(pieces) > 1:
            lexed = [self._lex(p) for p in pieces]
            groups = [[0]]
            for i in range(1, len(pieces)):
                same = shape(lexed[i]) == shape(lexed[i - 1]) and any(t.kind in IDENTITY for t in tokens(lexed[i]))
                groups[-1].append(i) if same else groups.append([i])
            if len(groups) < len(pieces):
                parts = []
                for n, group in enumerate(groups):
                    parts += [separator] if n else []
                    if len(group) > 1:
                        parts.append(Bag([lexed[i] for i in group], separator))
                    else:
                        parts += self._cell(pieces[group[0]], " ", line)
                return parts
        return self._cell(text, " ", line) if separator != " " else self._lex(text)

    def _subsets(self, pairs):
        """A list of address:port: the subsets in any order, in each the ports in order, for each the addresses in any."""
        runs = [(port, [pair.split(":")[0] for pair in run]) for port, run in itertools.groupby(pairs, lambda p: p.split(":")[1])]
        subsets = [[run for run in group] for _, group in itertools.groupby(runs, lambda run: set(run[1]))]
        items = []
        for subset in subsets:
            item = []
            for port, addresses in subset:
                item += ([","] if item else []) + [Bag([self._lex(a) + [":" + port] for a in addresses], ",")]
            items.append(item)
        return [Bag(items, ",")]

    def _order(self, pairs, line):
        """A mark on an Endpoints list that is not in the order of its addresses."""
        if not self.get or line.lstrip().startswith("Endpoints:"):
            return ""
        pairs = [p.split(":") for p in pairs]
        return "" if all(a[1:] != b[1:] or a[0] <= b[0] for a, b in zip(pairs, pairs[1:])) else "<not sorted>"

    def _lex(self, text):
        parts, at = [], 0
        for m in TOKEN.finditer(text):
            made_up = self._made_up(m)
            if made_up:
                parts += [text[at:m.start()]] + made_up
                at = m.end()
        return merged(parts + [text[at:]])

    def _made_up(self, m):
        text = m[0]
        if m["uid"]:
            return [Token("uid", text)]
        if text in self.literal:
            return None
        if m["ip"]:
            return [Token("cluster-ip" if int(text.split(".")[2]) < 64 else "ip", text)]
        if m["port"]:
            return [Token("node-port", text)] if 30000 <= int(text) <= 32767 else None
        if text in self.hashes:
            return [Token("template", text)]
        split = re.fullmatch(f"(.+)-({HASH})-({SUFFIX})", text)
        if split and split[1] in self.known:
            return [split[1] + "-", Token("template", split[2]), "-", Token("pod", text)]
        split = re.fullmatch(f"(.+)-({SUFFIX})", text)
        if split and split[1] in self.known:
            return [split[1] + "-", Token("pod", text)]
        split = re.fullmatch(f"(.+)-({HASH})", text)
        if split and split[1] in self.known:
            return [split[1] + "-", Token("template", split[2])]
        return None


def merged(parts):
    out = []
    for p in parts:
        if isinstance(p, str) and out and isinstance(out[-1], str):
            out[-1] += p
        elif p != "":
            out.append(p)
    return out


def tokens(parts):
    for p in parts:
        if isinstance(p, Token):
            yield p
        elif isinstance(p, Bag):
            for item in p.items:
                yield from tokens(item)


def shape(parts):
    return tuple(p if isinstance(p, str) else p.kind if isinstance(p, Token) else "bag" for p in parts)


def render(parts, show):
    out = []
    for p in parts:
        if isinstance(p, str):
            out.append(p)
        elif isinstance(p, Token):
            out.append(show(p))
        else:
            out.append(p.joiner.join(sorted(render(item, show) for item in p.items)))
    return "".join(out)


class Side:
    """What one side's tokens are known for: equal colours, equal histories.

    Colour refinement over all outputs so far, with colour numbers shared by both sides (`numbers`), so that two
    outputs are the same up to the made-up names if they read the same with every name replaced by its colour.
    """

    def __init__(self, parser, numbers):
        self.parser, self.numbers = parser, numbers
        self.colours, self.outputs = {}, []

    def number(self, key):
        return self.numbers.setdefault(key, len(self.numbers))

    def colour(self, token):
        return self.colours.get(token, self.number(token.kind))

    def show(self, token):
        return f"<{token.kind} {self.colour(token)}>"

    def forget(self):
        self.colours, self.outputs = {}, []

    def learn(self, where, parts):
        """Takes in an output; returns what undoes that."""
        before = dict(self.colours), list(self.outputs)
        if not any(True for _ in tokens(parts)):
            return before
        self.outputs.append((where, parts))
        for token in tokens(parts):
            self.colours.setdefault(token, self.number(token.kind))
        while True:
            seen = defaultdict(list)
            for place, output in self.outputs:
                self._walk(output, self.number((place, render(output, self.show))), seen)
            finer = {t: self.number((c, tuple(sorted(seen[t])))) for t, c in self.colours.items()}
            done = len(set(finer.values())) == len(set(self.colours.values()))
            self.colours = finer
            if done:
                break
        return before

    def _walk(self, parts, context, seen):
        for i, p in enumerate(parts):
            if isinstance(p, Token):
                seen[p].append((context, i))
            elif isinstance(p, Bag):
                for item in p.items:
                    self._walk(item, self.number((context, i, render(item, self.show))), seen)

    def undo(self, before):
        self.colours, self.outputs = before


@dataclasses.dataclass
class Step:
    run: str
    equal: bool
    diff: str  # unified, normalised; empty if equal
    wrong: list  # of "stdout", "stderr", "code"


class Comparison:
    """Compares two runs of a scenario step by step."""

    def __init__(self, scenario):
        files = [scenario.get("files") or {}] + [s.get("files") or {} for s in scenario["steps"]]
        sources = [s["run"] for s in scenario["steps"]] + [x for f in files for pair in f.items() for x in pair]
        numbers = {}
        self.sides = Side(Parser(sources), numbers), Side(Parser(sources), numbers)
        self.count, self.steps = 0, []

    def step(self, step, actual):
        """`step` as recorded; `actual` = (stdout, stderr, code) of the other side."""
        self.count += 1
        diff, wrong = [], []
        for n, stream in enumerate(("stdout", "stderr")):
            expected, got = step[stream], actual[n]
            pair = [side.parser(text, step["run"]) for side, text in zip(self.sides, (expected, got))]
            before, after = self._texts(pair)
            if before == after:
                undo = [side.learn((self.count, stream), parts) for side, parts in zip(self.sides, pair)]
                before, after = self._texts(pair)
                if before == after:
                    continue
                diff.append(f"({stream}: the same but for which pods or addresses these are)")
                for side, state in zip(self.sides, undo):
                    side.undo(state)
            wrong.append(stream)
            diff += [line.rstrip("\n") for line in difflib.unified_diff(
                before.splitlines(), after.splitlines(), f"expected {stream}", f"actual {stream}", lineterm="", n=2)]
            if before.splitlines() == after.splitlines():
                diff.append(f"({stream}: only the line ends differ)")
        if step["code"] != actual[2]:
            wrong.append("code")
            diff += [f"-exit code {step['code']}", f"+exit code {actual[2]}"]
        if step.get("forget"):
            for side in self.sides:
                side.forget()
        self.steps.append(Step(step["run"], not wrong, "\n".join(diff), wrong))
        return self.steps[-1]

    def _texts(self, pair):
        return [render(parts, side.show) for side, parts in zip(self.sides, pair)]


def compare(expected, actual):
    """The Steps of two transcripts of the same scenario."""
    both = Comparison(expected)
    for step, other in zip(expected["steps"], actual["steps"], strict=True):
        if step["run"] != other["run"]:
            raise ValueError(f"not the same scenario: {step['run']!r} and {other['run']!r}")
        both.step(step, (other["stdout"], other["stderr"], other["code"]))
    return both.steps


def replay(expected, run, name=""):
    """The Steps of a transcript against run(line, cwd) -> (stdout, stderr, code)."""
    both = Comparison(expected)
    getattr(run, "reset", lambda scenario: None)(name)
    with tempfile.TemporaryDirectory() as folder:
        transcript.write_files(expected.get("files"), folder)
        for step in expected["steps"]:
            transcript.write_files(step.get("files"), folder)
            try:
                actual = run(step["run"], folder)
            except Exception as e:  # a broken replay is a difference, not the end of the comparison
                actual = "", f"{type(e).__name__}: {e}\n", -1
            both.step(step, actual)
            if step.get("settle"):
                getattr(run, "settle", lambda: None)()
    return both.steps


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("transcript", nargs="+")
    how = args.add_mutually_exclusive_group(required=True)
    how.add_argument("--runner", metavar="MODULE:FUNCTION")
    how.add_argument("--kubectl", metavar="COMMAND")
    how.add_argument("--against", metavar="FOLDER")
    args.add_argument("-q", "--quiet", action="store_true", help="scores only, no differences")
    args = args.parse_args()
    paths = []
    for path in args.transcript:
        paths += sorted(os.path.join(path, f) for f in os.listdir(path) if f.endswith(".yaml")) if os.path.isdir(path) else [path]
    if args.runner:
        sys.path.insert(0, os.getcwd())
        module, function = args.runner.split(":")
        run = getattr(importlib.import_module(module), function)
    elif args.kubectl:
        run = transcript.shell_runner(args.kubectl)
    right = total = 0
    for path in paths:
        expected, name = transcript.load(path), transcript.name_of(path)
        if args.against:
            steps = compare(expected, transcript.load(os.path.join(args.against, os.path.basename(path))))
        else:
            steps = replay(expected, run, name)
        equal = sum(s.equal for s in steps)
        right, total = right + equal, total + len(steps)
        print(f"{name}: {equal} of {len(steps)} steps equal")
        for number, step in enumerate(steps, 1):
            if not step.equal and not args.quiet:
                print(f"  step {number} ({', '.join(step.wrong)}): {step.run.splitlines()[0]}")
                print("\n".join("      " + line for line in step.diff.splitlines()))
    print(f"total: {right} of {total} steps equal ({100 * right / max(total, 1):.1f} %)")
    return 0 if right == total else 1


if __name__ == "__main__":
    sys.exit(main())
