"""The content of a form, a tree parallel to the tree of nodes, for an initial value or a POST."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.schema import pointers
from playground.schema.tree.nodes import Node
from playground.schema.values import ABSENT, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The content of one control.

    texts  sent under the control's name; () for a box not ticked, or no control at all
    seen   the control was there
    zone   beside a date and time
    null   the tick for "none"
    """

    texts: tuple[str, ...] = ()
    seen: bool = False
    zone: str = ""
    null: bool = False

    @property
    def text(self) -> str:
        return self.texts[0] if self.texts else ""

    @property
    def is_missing(self) -> bool:
        return not self.texts and not self.seen and not self.null


@dataclass(frozen=True, slots=True)
class At:
    """The place of a form that an entry belongs to.

    name     pointer of its controls: rows by their token, which stays when rows move
    place    pointer of its value and errors: rows by their number
    initial  what it was opened with; ABSENT where its object was there without it, FRESH where
             there was no object either, so that the default applies
    """

    name: str
    place: str
    initial: Value

    def child(self, key: str, initial: Value) -> "At":
        return At(pointers.child(self.name, key), pointers.child(self.place, key), initial)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The content of one place.

    value    what it amounts to, or ABSENT
    problem  why the text cannot be read; the value is ABSENT then, yet something was entered
    """

    node: Node
    at: At
    value: Value = ABSENT
    problem: str = ""

    @property
    def name(self) -> str:
        return self.at.name

    @property
    def place(self) -> str:
        return self.at.place

    @property
    def initial(self) -> Value:
        return self.at.initial

    def parts(self) -> tuple["Entry", ...]:
        return ()

    @property
    def is_blank(self) -> bool:
        return self.value is ABSENT and not self.has_problem

    @property
    def has_problem(self) -> bool:
        """Return whether anything here or inside cannot be read."""
        return bool(self.problem) or any(part.has_problem for part in self.parts())


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf(Entry):
    """One control."""

    typed: Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that is already there.

    token  what represents the value in the form: the value itself, or a digest of a long one
    """

    value: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry(Entry):
    """Files: kept ones, and addresses that were typed."""

    kept: tuple[KeptFile, ...] = ()
    pasted: str = ""
    null: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of an array, or one key of an object with free keys.

    key          of an object; None in an array
    key_problem  why the key cannot be used
    fixed        a row that is always there
    """

    token: str
    entry: Entry
    key: str | None = None
    key_problem: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEntry(Entry):
    """An object: its known children, then rows for free keys.

    dropped      keys of the initial value that the schema does not accept
    conditional  names of children that only some values bring with them
    stash        texts of parts that do not apply now
    """

    children: tuple[Entry, ...]
    rows: tuple[Row, ...] = ()
    dropped: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()
    stash: dict[str, list[str]] = field(default_factory=dict)

    def parts(self) -> tuple[Entry, ...]:
        return (*self.children, *(row.entry for row in self.rows))

    def names(self) -> set[str | None]:
        """Return the names of its members that are drawn."""
        return {child.node.name for child in self.children} | {row.key for row in self.rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsEntry(Entry):
    """An array."""

    rows: tuple[Row, ...]

    def parts(self) -> tuple[Entry, ...]:
        return tuple(row.entry for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionEntry(Entry):
    """A value of one of several shapes.

    pick    number of the branch; "" for not set, "null" for none
    stash   texts of other branches, by control name
    """

    pick: str
    chosen: Entry | None
    stash: dict[str, list[str]] = field(default_factory=dict)

    def parts(self) -> tuple[Entry, ...]:
        return (self.chosen,) if self.chosen else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybeEntry(Entry):
    """A part that is there or not; what it holds is kept either way."""

    on: bool
    null: bool = False
    inner: Entry | None

    def parts(self) -> tuple[Entry, ...]:
        return (self.inner,) if self.inner else ()


def walk(entry: Entry) -> Iterator[Entry]:
    """Yield an entry and everything in it."""
    yield entry
    for part in entry.parts():
        yield from walk(part)


def walk_present(entry: Entry) -> Iterator[Entry]:
    """Yield an entry and everything in it that counts: not what is switched off."""
    yield entry
    if isinstance(entry, MaybeEntry) and not entry.on:
        return
    for part in entry.parts():
        yield from walk_present(part)
