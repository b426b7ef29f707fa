"""The titles of the fields of a form, for the form and all pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from playground.schema import pointers
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop, spell_digits
from playground.schema.tree.union_branches import find_branch
from playground.schema.values import ABSENT, JSON, Value

from .hints import capital, title_of
from .nodes import Files, Group, Lines, Maybe, Multi, Node, Number, Rows, Switch, Text, Union

_NAMELESS = {
    Text: gettext_noop("Text"),
    Number: gettext_noop("Number"),
    Switch: gettext_noop("Yes or no"),
    Rows: gettext_noop("List"),
    Lines: gettext_noop("List"),
    Files: gettext_noop("Files"),
    Group: gettext_noop("Details"),
}
_OTHERWISE = gettext_noop("Value")
_MOST_SHAPES = 100  # nodes that are searched for a member
_MOST_DIGITS = 6


def node_title(node: Node, title: str = "") -> str:
    """Return the title of a node: the one given by its container, else its own."""
    return title or node.title or _(_NAMELESS.get(type(node), _OTHERWISE))


def row_title(node: Node | None, number: int, title: str) -> str:
    """Return the title of a row; `number` counts from 0, `title` is the list's."""
    return _numbered((node.title if node else "") or title, number)


def key_title(node: Node, number: int, key: str) -> str:
    """Return the title of an additional key; `number` counts from 0."""
    return key or _numbered(node.title or _("Item"), number)


def _numbered(title: str, number: int) -> str:
    """Append a number to a title; `number` counts from 0."""
    return _("%(title)s %(number)s") % {"title": title, "number": spell_digits(str(number + 1))}


@dataclass(frozen=True, slots=True, kw_only=True)
class TitledPlace:
    """A node with its title and value, found by its pointer.

    node   None if the form has no control for it
    title  title in the form
    value  its value, which decides between branches; ABSENT if unknown
    """

    node: Node | None
    title: str
    value: Value = ABSENT

    def child(self, key: str) -> "TitledPlace":
        """Return the place of a member, by property name or array index."""
        node, title = self._find(key) or (None, "")
        if not title:
            number = _number(key, self.value) if isinstance(self.value, list) else None
            title = capital(title_of({}, key))
            title = title if number is None else row_title(None, number, self.title)
        return TitledPlace(node=node, title=title, value=_member(self.value, key))

    def names(self) -> list[str]:
        """Return the names of an object's properties, in the order of the form."""
        known = (each.children for each, _ in self._shapes() if isinstance(each, Group))
        return list(dict.fromkeys(part.name for children in known for part in children))

    def _find(self, key: str) -> tuple[Node | None, str] | None:
        """Return (node, title) of a member; None if the form has none."""
        finders = (_find_part, _find_free)
        likely = islice(self._shapes(), 1) if self.value is not ABSENT else ()
        tries = ((find, each) for each in likely for find in finders)
        others = ((find, each) for find in finders for each in self._shapes())
        return next(
            (
                found
                for find, (node, title) in chain(tries, others)
                if (found := find(node, key, title, self.value))
            ),
            None,
        )

    def _shapes(self) -> Iterator[tuple[Node, str]]:
        """Yield (node, title) of the possible branches, the likeliest first."""
        if self.node is not None:
            yield from islice(_shapes(self.node, self.value, self.title), _MOST_SHAPES)


def find_place(root: Node, pointer: str, value: Value = ABSENT) -> TitledPlace:
    """Return the place of a pointer; the title of an unknown one is made of its name."""
    if not isinstance(root, Group):
        title = node_title(root)
    elif value is ABSENT or isinstance(value, dict):
        title = root.title  # a form has no heading of its own
    else:
        title = root.title or _(_OTHERWISE)  # drawn as a JSON field
    place = TitledPlace(node=root, title=title, value=value)
    for key in pointers.split(pointer):
        place = place.child(key)
    return place


def _shapes(node: Node, value: Value, title: str) -> Iterator[tuple[Node, str]]:
    match node:
        case Maybe():
            yield from _shapes(node.inner(), value, title)
        case Union():
            for number in _likely_branches(node, value):
                branch = node.branches[number]
                yield from _shapes(branch.node(), value, capital(branch.label))
        case Group(widen=widen) if widen is not None:
            wider = widen(value) if isinstance(value, dict) else None
            yield wider or node, title
            for each in node.widened():
                yield each, title
        case _:
            yield node, title


def _likely_branches(node: Union, value: Value) -> list[int]:
    first = (node.start or 0) if value is ABSENT else find_branch(node.branches, value)
    return sorted(range(len(node.branches)), key=lambda number: number != first)


def _find_part(node: Node, key: str, title: str, value: Value) -> tuple[Node | None, str] | None:
    match node:
        case Group():
            for each in node.children:
                if each.name == key:
                    return each, node_title(each)
        case Rows() if (number := _number(key, value)) is not None:
            is_first = number < len(node.first)
            row = node.first[number] if is_first else node.item() if node.item else None
            return row, row_title(row, number, title)
        case Files() | Lines() | Multi() if (number := _number(key, value)) is not None:
            return None, row_title(None, number, title)
    return None


def _find_free(node: Node, key: str, _title: str, value: Value) -> tuple[Node | None, str] | None:
    later = node.free_for(key) if isinstance(node, Group) else None
    if later is None:
        return None
    assert isinstance(node, Group)  # noqa: S101 - only those have further keys
    known = {each.name for each in node.children}
    further = [each for each in value if each not in known] if isinstance(value, dict) else [key]
    return later(), key_title(node, further.index(key) if key in further else 0, key)


def _number(key: str, value: Value) -> int | None:
    """Return the index of a row; that after the last for `ANY_ROW`; None for other keys."""
    if key == pointers.ANY_ROW:
        return len(value) if isinstance(value, list) else 0
    return int(key) if key.isascii() and key.isdecimal() and len(key) <= _MOST_DIGITS else None


def _member(value: Value, key: str) -> JSON:
    if isinstance(value, dict):
        return value.get(key, ABSENT)
    number = _number(key, value)
    if isinstance(value, list) and number is not None and number < len(value):
        return value[number]
    return ABSENT
