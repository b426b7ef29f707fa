"""Parses pasted YAML to JSON.

Uses the core schema of YAML 1.2: unlike in PyYAML's loaders, `on`, `no`, `16:9` and `2024-01-01`
are strings. Keys are always strings, as written.
Source: yaml.org/spec/1.2.2, §10.3, read 2026-11-30
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.catalog.json_text import DEEPEST

MOST_VALUES = 2_000_000  # a document of 10 MB has a million; each use of an alias counts
_QUOTES = "“”„‘’"  # typographic quotes of word processors
_MERGE = "<<"
_TEXT_OR_NULL = (["string"], ["null", "string"])
_VALUES = ("enum", "const", "default", "example", "examples")
_PLAIN = re.compile(
    r"(?P<null>~|null|Null|NULL|)"
    r"|(?P<true>true|True|TRUE)|(?P<false>false|False|FALSE)"
    r"|(?P<int>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<endless>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_CORE = "tag:yaml.org,2002:"
_WORDS = {
    "mapping values are not allowed in this context": gettext_lazy(
        "a colon followed by a space is not allowed here; put the text in quotes"
    ),
    "could not find expected ':'": gettext_lazy("a colon is missing after a name"),
    "did not find expected key": gettext_lazy("this line is not indented like the lines before it"),
    "did not find expected '-' indicator": gettext_lazy(
        "this line is not indented like the list before it"
    ),
    "did not find expected ',' or ']'": gettext_lazy("a comma or the closing ] is missing here"),
    "did not find expected ',' or '}'": gettext_lazy("a comma or the closing } is missing here"),
    "found unexpected end of stream": gettext_lazy("the text ends within quotes"),
    "found unexpected document indicator": gettext_lazy("the document ends within quotes"),
    "did not find expected node content": gettext_lazy("a value is missing here"),
    "block sequence entries are not allowed in this context": gettext_lazy(
        "a list cannot begin on this line"
    ),
    "found unknown escape character": gettext_lazy("YAML does not know this backslash sequence"),
    "did not find expected <document start>": gettext_lazy("the document ends before this line"),
}
_TAB = gettext_lazy("a tab is not allowed here; YAML is indented with spaces")
_CHARACTER = gettext_lazy("a text that begins with this character has to be in quotes")


class YAMLTextError(ValueError):
    """The text is invalid or too large; the message has position and reason."""


def read_yaml(text: str) -> list[Any]:
    """Return the values of the documents in a YAML text.

    An alias is the same object as its anchor, not a copy.
    Raises  YAMLTextError
    """
    try:
        return list(_Reader(text).documents())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YAMLTextError(_locate(mark, _say(error, text))) from error
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise YAMLTextError(_("It contains characters that cannot be stored.")) from error
    except UnicodeEncodeError as error:
        raise YAMLTextError(_("It contains characters that cannot be stored.")) from error


@dataclass(slots=True)
class _Frame:
    """A sequence or mapping that is being read.

    name     key whose value comes next, None if a key comes next
    written  {key or index: source text} of its numbers, booleans and nulls
    began number of values that were read before it
    """

    value: dict[str, Any] | list[Any]
    anchor: str | None
    began: int
    name: str | None = None
    written: dict[Any, Any] = field(default_factory=dict)
    merged: list[dict[str, Any]] = field(default_factory=list)


class _Reader:
    def __init__(self, text: str) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # C is optional
        self.events = loader(text)
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.plain: dict[str, Any] = {}
        self.count = 0
        self.done: list[Any] = []

    def documents(self) -> Iterator[Any]:
        try:
            while self.events.check_event():
                self.take(self.events.get_event())
                if self.done:
                    yield self.done.pop()
        finally:
            self.events.dispose()

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self.take_scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.end()
            case yaml.AliasEvent():
                self.take_alias(event)
            case yaml.DocumentStartEvent():
                self.anchors = {}

    def take_scalar(self, event: yaml.ScalarEvent) -> None:
        self.spend(1, event)
        frame = self.stack[-1] if self.stack else None
        is_name = frame is not None and isinstance(frame.value, dict) and frame.name is None
        value = _unquote(event) if is_name else self.read_scalar(event)
        if isinstance(value, str) and "\0" in value:  # libyaml lets no surrogates through
            raise YAMLTextError(_("It contains characters that cannot be stored."))
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self.put(value, event.value if not isinstance(value, str) else None)

    def read_scalar(self, event: yaml.ScalarEvent) -> Any:
        text = event.value
        if event.tag is None:
            return self.read_plain(event) if event.implicit[0] else text
        match event.tag.removeprefix(_CORE):
            case "int" | "float" | "bool" | "null":
                return self.read_plain(event)
        return text

    def read_plain(self, event: yaml.ScalarEvent) -> Any:
        text = _unquote(event)
        if text is not event.value:
            return text
        if text in self.plain:
            return self.plain[text]
        found = _PLAIN.fullmatch(text)
        value: Any = text
        match found and found.lastgroup:
            case "null":
                value = None
            case "true" | "false":
                value = found is not None and found.lastgroup == "true"
            case "int" | "octal" | "hex" as kind:
                value = _read_integer(text, kind, event)
            case "float":
                value = float(text)
                if not math.isfinite(value):
                    _refuse(event, _("the number %(number)s is too large") % {"number": text[:20]})
            case "endless":
                _refuse(event, _("%(number)s is not a number in JSON") % {"number": text})
        if len(text) < 40:  # noqa: PLR2004 - what repeats is short
            self.plain[text] = value
        return value

    def begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.stack) >= DEEPEST:
            raise YAMLTextError(_("It is nested too deeply."))
        self.spend(1, event)
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].name is None:
            _refuse(event, _("a name has to be a text, not a list or an object"))
        self.stack.append(_Frame(value=value, anchor=event.anchor, began=self.count))

    def end(self) -> None:
        frame = self.stack.pop()
        if isinstance(frame.value, dict):
            if frame.merged:
                _merge(frame.value, frame.merged)
            if frame.written and _is_text(frame.value.get("type")):
                _keep_as_written(frame)
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.value, self.count - frame.began)
        written = frame.written if isinstance(frame.value, list) else None
        self.put(frame.value, written or None)

    def take_alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self.anchors:
            is_open = any(frame.anchor == event.anchor for frame in self.stack)
            inside, unknown = _("*%(name)s contains itself"), _("*%(name)s is not defined before")
            _refuse(event, (inside if is_open else unknown) % {"name": event.anchor})
        value, count = self.anchors[event.anchor]
        self.spend(count + 1, event)
        frame = self.stack[-1] if self.stack else None
        is_name = frame is not None and isinstance(frame.value, dict) and frame.name is None
        if is_name and not isinstance(value, str):
            _refuse(event, _("a name has to be a text"))
        self.put(value, None)

    def put(self, value: Any, written: Any) -> None:
        """Add a value to its container."""
        if not self.stack:
            self.done.append(value)
            return
        frame = self.stack[-1]
        holder = frame.value
        if isinstance(holder, list):
            if written is not None:
                frame.written[len(holder)] = written
            holder.append(value)
        elif frame.name is None:
            frame.name = value
        else:
            if frame.name == _MERGE and _is_mergeable(value):
                frame.merged += value if isinstance(value, list) else [value]
            else:
                holder[frame.name] = value
                if written is not None and frame.name in _VALUES:
                    frame.written[frame.name] = written
            frame.name = None

    def spend(self, count: int, event: yaml.Event) -> None:
        self.count += count
        if self.count > MOST_VALUES:
            _refuse(event, _("it contains too many values, including those of its aliases"))


def _unquote(event: yaml.ScalarEvent) -> str:
    """Return a scalar's text, without enclosing typographic quotes."""
    text: str = event.value
    if event.implicit[0] and text[:1] in _QUOTES and len(text) > 1 and text[-1] in _QUOTES:
        return text[1:-1]
    return text


def _read_integer(text: str, kind: str, event: yaml.Event) -> int:
    try:
        return int(text, {"octal": 8, "hex": 16}.get(kind, 10))
    except ValueError:  # Python rejects integers of more than 4,300 digits
        _refuse(event, _("the number is too long"))


def _is_mergeable(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, dict) for each in values)


def _merge(own: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """Merge (`<<`) other mappings; a mapping's own keys, then earlier mappings, have precedence."""
    stated = dict(own)
    own.clear()
    for each in reversed(others):
        own.update(each)
    own.update(stated)


def _is_text(kind: Any) -> bool:
    return kind == "string" or (isinstance(kind, list) and sorted(map(str, kind)) in _TEXT_OR_NULL)


def _keep_as_written(frame: _Frame) -> None:
    """Convert values like `1.10` and `true` back to text if the schema's type is a string."""
    schema: Any = frame.value
    for name, written in frame.written.items():
        if isinstance(written, dict):
            for place, text in written.items():
                if isinstance(text, str) and schema[name][place] is not None:
                    schema[name][place] = text
        elif schema[name] is not None:
            schema[name] = written


def _refuse(event: yaml.Event, why: str) -> NoReturn:
    raise YAMLTextError(_locate(event.start_mark, why))


def _locate(mark: Any, problem: str) -> str:
    if not mark:
        return _("Somewhere in the text: %(problem)s.") % {"problem": problem}
    where = {"line": mark.line + 1, "column": mark.column + 1, "problem": problem}
    return _("Line %(line)d, column %(column)d: %(problem)s.") % where


def _say(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = error.problem or ""
    mark = error.problem_mark
    lines = text.splitlines()
    rest = lines[mark.line][mark.column :] if mark and mark.line < len(lines) else ""
    if "tab" in problem or rest.startswith("\t"):
        return str(_TAB)
    if problem == "found character that cannot start any token":
        return str(_CHARACTER)
    return str(_WORDS.get(problem, problem or _("this cannot be read")))
