"""The sources of a form's content: an initial value or a POST."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from playground.schema import pointers
from playground.schema.tree.nodes import (
    Files,
    Group,
    Lines,
    Maybe,
    Multi,
    Node,
    Number,
    Rows,
    Text,
    Union,
)
from playground.schema.tree.union_branches import find_branch
from playground.schema.values import ABSENT, FRESH, Absence, Value, is_clean

from .entry import Typed
from .leaves import as_sent, spell

MOST_ROWS = 1000
MOST_CONTROLS = 2000
_NUMERIC = re.compile(r"[0-9]{1,6}")
_LONGEST_STASH = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalPart:
    """The state of an optional part.

    null   the checkbox for null is checked instead
    drawn  the checkbox was rendered
    """

    on: bool
    null: bool = False
    drawn: bool = True


class EntrySource(Protocol):
    """Returns the content of a form, control by control."""

    def is_raw(self, node: Node, name: str, initial: Value) -> bool:
        """Return whether the node is drawn as JSON text instead of its own controls."""

    def typed(self, node: Node, name: str, initial: Value) -> Typed: ...

    def tokens(
        self, node: Node, name: str, initial: list[str] | None, least: int
    ) -> list[str] | None:
        """Return the tokens of the rows in order, given the initial ones; None if none were sent.

        least  number of rows in a new form
        """

    def key(self, name: str, initial: str) -> str: ...

    def pick(self, node: Union, name: str, initial: Value) -> str: ...

    def is_on(self, node: Maybe, name: str, initial: Value) -> OptionalPart: ...


class ValueSource:
    """Source for a form opened with a value, or with FRESH."""

    def is_raw(self, node: Node, _name: str, initial: Value) -> bool:
        if isinstance(initial, Absence) or (initial is None and node.nullable):
            return False
        return (initial is not None or node.guessed) and not _has_room(node, initial)

    def typed(self, node: Node, _name: str, initial: Value) -> Typed:
        return spell(node, initial)

    def tokens(self, _node: Node, _name: str, initial: list[str] | None, least: int) -> list[str]:
        return [str(number) for number in range(least)] if initial is None else initial

    def key(self, _name: str, initial: str) -> str:
        return initial

    def pick(self, node: Union, _name: str, initial: Value) -> str:
        if initial is FRESH:
            return "" if node.start is None else str(node.start)
        if initial is ABSENT:
            return "" if node.can_skip else str(node.start or 0)
        if initial is None and node.nullable:
            return "null"
        return str(find_branch(node.branches, initial))

    def is_on(self, node: Maybe, _name: str, initial: Value) -> OptionalPart:
        return OptionalPart(on=not is_missing(node, initial), null=initial is None)


def is_missing(node: Maybe, initial: Value) -> bool:
    """Return whether an optional part has no value; null is one only if any type is valid."""
    is_value = node.guessed and not node.nullable
    return isinstance(initial, Absence) or (initial is None and not is_value)


def _has_room(node: Node, value: Any) -> bool:
    """Return whether the node's own controls can show a value."""
    match node:
        case Group():
            return isinstance(value, dict)
        case Rows():
            return isinstance(value, list) and (bool(node.item) or len(value) <= len(node.first))
        case Lines():
            return isinstance(value, list) and all(map(_is_line, value))
        case Multi():
            return isinstance(value, list) and not any(
                isinstance(each, list | dict) for each in value
            )
        case _:
            return not node.guessed or _is_expected(node, value)


def _is_expected(node: Node, value: Any) -> bool:
    """Return whether a value has the guessed type of a schema without `type`."""
    match node:
        case Text() | Files(multiple=False):
            return isinstance(value, str)
        case Number():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Files():
            return isinstance(value, list)
        case _:
            return True


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.splitlines() == [value]


@dataclass(slots=True)
class PostSource:
    """Source for a form that a browser sent.

    data   has .getlist(name), of strings and uploaded files
    first  content of controls that were not sent: nothing, or defaults after a switch of branch
    """

    data: Any
    first: ValueSource | None = None
    stash: dict[str, list[str]] = field(default_factory=dict)
    _rows: dict[str, set[str]] | None = None

    def texts(self, name: str) -> tuple[str, ...]:
        sent = tuple(
            each.replace("\r\n", "\n").replace("\r", "\n")
            for each in self.data.getlist(name)
            if isinstance(each, str)
        )
        return sent or tuple(self.stash.get(name, ()))

    def files(self, name: str) -> list[Any]:
        return [each for each in self.data.getlist(name) if not isinstance(each, str)]

    def has(self, kind: str, name: str) -> bool:
        return bool(self.texts(pointers.meta_name(kind, name)))

    def meta(self, kind: str, name: str) -> str:
        texts = self.texts(pointers.meta_name(kind, name))
        return texts[-1] if texts else ""

    def is_raw(self, _node: Node, name: str, _initial: Value) -> bool:
        return self.has("raw", name)

    def typed(self, node: Node, name: str, initial: Value) -> Typed:
        found = Typed(
            texts=self.texts(pointers.control_name(name)),
            seen=self.has("seen", name),
            zone=self.meta("zone", name),
            null=node.null_choice and self.has("null", name),
        )
        return self.first.typed(node, name, initial) if found.is_missing and self.first else found

    def tokens(
        self, node: Node, name: str, _initial: list[str] | None, least: int
    ) -> list[str] | None:
        listed = self.texts(pointers.meta_name("rows", name))
        if listed:
            return list(dict.fromkeys(token for token in listed if _is_token(token)))
        if self.has("seen", name):
            return []
        found = [token for token in self.row_names().get(name, ()) if _NUMERIC.fullmatch(token)]
        if found:
            return sorted(found, key=lambda token: (int(token), token))
        return self.first.tokens(node, name, None, least) if self.first else None

    def row_names(self) -> dict[str, set[str]]:
        """Return {pointer: keys below it that were sent}."""
        if self._rows is None:
            self._rows = {}
            for name in [*self.data, *self.stash]:
                text = name[name.find("/") :] if name.startswith("~") else name
                pointer = pointers.decode(text) if text.startswith("/") else ""
                while pointer:
                    holder = pointers.parent(pointer)
                    keys = self._rows.setdefault(holder, set())
                    key = pointers.last(pointer)
                    if key in keys:
                        break
                    keys.add(key)
                    pointer = holder
        return self._rows

    def knows(self, name: str) -> bool:
        """Return whether anything was sent under a pointer."""
        return pointers.last(name) in self.row_names().get(pointers.parent(name), ())

    def restoring(self, stash: dict[str, list[str]]) -> "PostSource":
        """Return the POST for parts that were not rendered: their stashed texts, else defaults."""
        return PostSource(data=self.data, first=ValueSource(), stash={**self.stash, **stash})

    def key(self, name: str, initial: str) -> str:
        text = self.meta("key", name)
        return initial if text == as_sent(initial) else text

    def pick(self, node: Union, name: str, initial: Value) -> str:
        kind = node.kind("pick")
        if not self.has(kind, name):
            return ValueSource().pick(node, name, initial)
        text = self.meta(kind, name)
        known = {str(number) for number in range(len(node.branches))}
        return text if text in known or (text in {"", "null"}) else ""

    def is_on(self, _node: Maybe, name: str, _initial: Value) -> OptionalPart:
        if not self.has("on", name):  # no checkbox was rendered: the POST was not made by the form
            return OptionalPart(on=name in self.row_names(), drawn=False)
        return OptionalPart(on=self.meta("on", name) == "1", null=self.has("null", name))

    def read_stash(self, name: str, kind: str = "stash") -> dict[str, list[str]]:
        """Return the stashed texts of a control; {} if they are malformed."""
        text = self.meta(kind, name)
        try:
            found = json.loads(text) if 0 < len(text) <= _LONGEST_STASH else {}
        except (ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {
            key: [each for each in texts if isinstance(each, str)]
            for key, texts in found.items()
            if isinstance(texts, list)
        }

    def below(self, name: str) -> dict[str, list[str]]:
        """Return all texts that were sent under a pointer, for the stash."""
        start = pointers.encode(name)
        found = {
            each: list(self.texts(each))
            for each in self.data
            if _belongs(each, start) and not each.startswith(("~stash", "~do"))
        }
        return {each: texts for each, texts in found.items() if texts}


def _belongs(name: str, start: str) -> bool:
    if name.startswith("~"):
        cut = name.find("/")
        return cut > 0 and name[cut:].startswith(f"{start}/")
    return name == (start or "#") or name.startswith(f"{start}/")


def _is_token(token: str) -> bool:
    return 0 < len(token) <= 16 and "/" not in token and is_clean(token)  # noqa: PLR2004 - opaque


def free_tokens(count: int, taken: Iterable[str]) -> list[str]:
    """Return unused numbers as tokens for new rows."""
    used, number = set(taken), 0
    found: list[str] = []
    while len(found) < count:
        if str(number) not in used:
            found.append(str(number))
        number += 1
    return found
