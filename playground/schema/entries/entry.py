"""The content of a form: a tree of entries, parallel to the tree of nodes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.schema import pointers
from playground.schema.tree.nodes import Node
from playground.schema.values import ABSENT, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The content of one control.

    texts  sent under the control's name; () for an unchecked box or a missing control
    seen   the control was rendered
    zone   time zone of a date and time
    null   the checkbox for null is checked
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
    """The position of an entry in the form.

    name     pointer of its controls; rows by token, which does not change when rows move
    place    pointer of its value and errors; rows by index
    initial  its initial value; ABSENT if its object exists without it, FRESH if the object does
             not exist either, so that the default applies
    """

    name: str
    place: str
    initial: Value

    def child(self, key: str, initial: Value) -> "At":
        return At(pointers.child(self.name, key), pointers.child(self.place, key), initial)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The content of one node in a form.

    value    its JSON value, or ABSENT
    problem  error message for unreadable text, whose value is ABSENT; "" for none
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
        """Return whether this entry or a descendant is unreadable."""
        return bool(self.problem) or any(part.has_problem for part in self.parts())


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf(Entry):
    """One control."""

    typed: Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that is stored already.

    token  represents the value in the form: the value itself, or the digest of a long one
    """

    value: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry(Entry):
    """Files: stored ones, and typed URLs."""

    kept: tuple[KeptFile, ...] = ()
    pasted: str = ""
    null: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of an array, or one additional key of an object.

    key          of an object; None in an array
    key_problem  why the key cannot be used
    fixed        the row cannot be removed
    """

    token: str
    entry: Entry
    key: str | None = None
    key_problem: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEntry(Entry):
    """An object: its properties, then rows for additional keys.

    dropped      keys of the initial value that the schema does not accept
    conditional  names of properties that conditions add
    stash        texts of properties whose condition is not met
    """

    children: tuple[Entry, ...]
    rows: tuple[Row, ...] = ()
    dropped: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()
    stash: dict[str, list[str]] = field(default_factory=dict)

    def parts(self) -> tuple[Entry, ...]:
        return (*self.children, *(row.entry for row in self.rows))

    def names(self) -> set[str | None]:
        """Return the names of the members that are drawn."""
        return {child.node.name for child in self.children} | {row.key for row in self.rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsEntry(Entry):
    """An array."""

    rows: tuple[Row, ...]

    def parts(self) -> tuple[Entry, ...]:
        return tuple(row.entry for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionEntry(Entry):
    """A value of one of several branches (`anyOf`, `oneOf`, a list of types).

    pick    number of the branch; "" for not set, "null" for null
    stash   texts of other branches, by control name
    """

    pick: str
    chosen: Entry | None
    stash: dict[str, list[str]] = field(default_factory=dict)

    def parts(self) -> tuple[Entry, ...]:
        return (self.chosen,) if self.chosen else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybeEntry(Entry):
    """An optional part that is on or off; its content is kept in both cases."""

    on: bool
    null: bool = False
    inner: Entry | None

    def parts(self) -> tuple[Entry, ...]:
        return (self.inner,) if self.inner else ()


def walk(entry: Entry) -> Iterator[Entry]:
    """Yield an entry and its descendants."""
    yield entry
    for part in entry.parts():
        yield from walk(part)


def walk_present(entry: Entry) -> Iterator[Entry]:
    """Yield an entry and its descendants, without optional parts that are off."""
    yield entry
    if isinstance(entry, MaybeEntry) and not entry.on:
        return
    for part in entry.parts():
        yield from walk_present(part)
