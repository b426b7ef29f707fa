"""The nodes: places of a schema where a value can be entered. Frozen, a closed family.

A node knows its name inside its container, not its pointer: rows of an array share one node.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playground.schema.reading.patterns import Pattern
from playground.schema.tree.options import ChoiceLayout, Option
from playground.schema.values import JSON, Schema

from .number_limits import NO_LIMITS, Limits


class Later:
    """A node that is compiled when it is first wanted: schemas may be endless."""

    __slots__ = ("_make", "_node")

    def __init__(self, make: Callable[[], "Node"]) -> None:
        self._make: Callable[[], Node] | None = make
        self._node: Node | None = None

    def __call__(self) -> "Node":
        if self._node is None:
            assert self._make is not None  # noqa: S101 - one of the two is always there
            self._node = self._make()
            self._make = None
        return self._node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """One place in a schema where a value can be entered.

    name       the key in the object around; "" for rows and the root
    schema     the schema of this place alone, for the validator
    default    (value,), or () when the schema names none that it accepts, because null is a value
    guessed    the schema names no type, so that it takes values of every other kind too
    nullable   null is a value here
    null_choice null and absent differ and neither is the blank: an own tick for null
    secret     never printed back (writeOnly, passwords); blank keeps what is there
    holds_secrets  it is secret, or something in it may be
    """

    name: str
    title: str
    help: str
    schema: Schema
    required: bool
    guessed: bool = False
    nullable: bool = False
    null_choice: bool = False
    default: tuple[()] | tuple[JSON] = ()
    advanced: bool = False
    read_only: bool = False
    secret: bool = False
    holds_secrets: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Text(Node):
    """A string.

    kind         the input's type attribute: "text", "url", "date", "datetime-local", ...
    rows         of a textarea; 0 for one line
    suggestions  values offered, none of them binding
    names_file   it is the web address of a file, though no file can be chosen for it
    """

    kind: str = "text"
    rows: int = 0
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    check: Pattern | None = None
    suggestions: tuple[str, ...] = ()
    example: str = ""
    takes_blank: bool = False  # "" is a value that the schema accepts
    names_blank: bool = False  # ... and one that it names
    names_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number(Node):
    """A number or an integer.

    minimum, maximum  inclusive, as exact digits; "" where there is none
    step              as digits, or "any"
    limits            the bounds as the schema names them
    unit              what it counts, or ""
    """

    integer: bool
    minimum: str = ""
    maximum: str = ""
    step: str = "any"
    limits: Limits = NO_LIMITS
    unit: str = ""
    suggestions: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Switch(Node):
    """A boolean that always has an answer: a checkbox."""

    must: bool = False  # only true is accepted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice(Node):
    """One of a closed list of values; the tables know null too where "not set" means it."""

    options: tuple[Option, ...]
    by_text: dict[str, Option]
    by_key: dict[Any, Option]  # by values.key_of
    look: ChoiceLayout = ChoiceLayout.SELECT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Multi(Node):
    """Any of a closed list of values: an array without repetition, as checkboxes."""

    options: tuple[Option, ...]
    by_text: dict[str, Option]
    by_key: dict[Any, Option]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fixed(Node):
    """A constant: nothing to enter.

    emitted  put into every new object
    """

    value: JSON
    emitted: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raw(Node):
    """A part that only its JSON text can express.

    stands_in  the schema has controls of its own, which this one value does not fit
    """

    rows: int = 4
    stands_in: bool = False


def make_raw(about: dict[str, Any], *, stands_in: bool = False) -> Raw:
    """Make the JSON text field of a part; where something in it is secret, all of it is."""
    return Raw(**{**about, "secret": about["holds_secrets"]}, stands_in=stands_in)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines(Node):
    """An array of plain strings, one on each line.

    names_files  they are web addresses of files
    """

    rows: int = 4
    names_files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Files(Node):
    """A file's address, or a list of them.

    accept  as in HTML: "image/*,.pdf"; "" for anything
    kind    what the provider calls such a file: "image"
    """

    multiple: bool
    accept: str = ""
    kind: str = ""
    min_items: int = 0
    max_items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Children of an object that are drawn together under a heading of their own."""

    title: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeKey:
    """The node of keys that the schema does not name.

    pattern  which of them; None for all
    """

    pattern: Pattern | None
    node: Later


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group(Node):
    """An object.

    children   in the order in which they are drawn
    automatic  there exactly when something inside was entered
    free       what further keys hold; () where further keys cannot be entered
    keys       the only further keys that there may be; () for any
    closed     keys beyond all these are not accepted, and dropped with a notice, else carried along
    widen      the same object with what the schema's conditions add for a value, or None
    widened    the same object with the parts of each single condition
    """

    children: tuple[Node, ...]
    automatic: bool = False
    free: tuple[FreeKey, ...] = ()
    keys: tuple[str, ...] = ()
    closed: bool = False
    sections: tuple[Section, ...] = ()
    widen: Callable[[JSON], "Group | None"] | None = None
    widened: Callable[[], "Iterator[Group]"] = lambda: iter(())

    def free_for(self, key: str) -> Later | None:
        """Return what a further key holds, or None where it cannot be entered."""
        for each in self.free:
            if each.pattern is None or each.pattern.accepts(key):
                return each.node
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows(Node):
    """An array.

    first  rows that are always there, each of its own kind
    item   every further row; None where there can be none
    """

    first: tuple[Node, ...] = ()
    item: Later | None
    min_items: int = 0
    max_items: int | None = None
    spare: bool = False  # a blank row is offered, because blank rows do not count


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One of the shapes that a value may have.

    number  its place in the schema's list
    """

    number: int
    label: str
    schema: Schema
    node: Later
    accepts: Callable[[JSON], bool]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Union(Node):
    """A value of one of several shapes.

    keyword   "anyOf", "oneOf" or "type"
    start     the branch of a form opened empty; None for "not set"
    can_skip  "not set" is offered
    level     how many unions enclose it at the very same place
    size      how many branches the schema lists
    """

    keyword: str
    branches: tuple[Branch, ...]
    start: int | None
    can_skip: bool
    level: int = 0
    size: int

    def kind(self, name: str) -> str:
        """Return the kind of a meta control; unions inside a union need kinds of their own."""
        return f"{name}{self.level}" if self.level else name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maybe(Node):
    """A part that is either there or not, by an answer of its own.

    inner   the part, required
    asked   nothing of it is drawn before it is requested (the schema is recursive or very large)
    """

    inner: Later
    asked: bool = False
