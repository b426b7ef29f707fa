"""The nodes of a form: parts of a schema for which a value can be entered. All are frozen.

A node has its name in its container, not its pointer, because rows of an array share one node.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playground.schema.reading.patterns import Pattern
from playground.schema.tree.options import ChoiceLayout, Option
from playground.schema.values import JSON, Schema

from .number_limits import NO_LIMITS, Limits


class Later:
    """A node that is compiled on first use, because schemas can be recursive."""

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
    """One part of a schema for which a value can be entered.

    name       the property name; "" for rows and the root
    schema     the schema of this node, for the validator
    default    (value,), or () if the schema has no valid default
    guessed    the schema has no type, so values of any type are valid
    nullable   null is valid
    null_choice null, absent and blank differ, so that null has its own checkbox
    secret         never sent to the browser (writeOnly, passwords); blank keeps the value
    holds_secrets  it is secret, or a descendant can be
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

    kind         type attribute of the input: "text", "url", "date", "datetime-local", ...
    rows         of a textarea; 0 for one line
    suggestions  suggested values; others are valid too
    names_file   it is a file's URL, but has no file control
    """

    kind: str = "text"
    rows: int = 0
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    check: Pattern | None = None
    suggestions: tuple[str, ...] = ()
    example: str = ""
    takes_blank: bool = False  # "" is valid
    names_blank: bool = False  # "" is named explicitly, as in an enum
    names_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number(Node):
    """A number or an integer.

    minimum, maximum  inclusive, as exact digits; "" for none
    step              as digits, or "any"
    limits            the bounds of the schema
    unit              unit, or ""
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
    """A boolean that always has a value: a checkbox."""

    must: bool = False  # only true is valid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice(Node):
    """One of an enum's values; the tables include null if "Not set" means it."""

    options: tuple[Option, ...]
    by_text: dict[str, Option]
    by_key: dict[Any, Option]  # by values.key_of
    look: ChoiceLayout = ChoiceLayout.SELECT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Multi(Node):
    """An array of unique enum values, as checkboxes."""

    options: tuple[Option, ...]
    by_text: dict[str, Option]
    by_key: dict[Any, Option]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fixed(Node):
    """A constant, without a control.

    emitted  included in every new object
    """

    value: JSON
    emitted: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raw(Node):
    """A value that is edited as JSON text.

    stands_in  the schema has controls, but they cannot show this value
    """

    rows: int = 4
    stands_in: bool = False


def make_raw(about: dict[str, Any], *, stands_in: bool = False) -> Raw:
    """Make a JSON text node; it is secret if any part of its value can be."""
    return Raw(**{**about, "secret": about["holds_secrets"]}, stands_in=stands_in)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines(Node):
    """An array of plain strings, one per line.

    names_files  they are URLs of files
    """

    rows: int = 4
    names_files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Files(Node):
    """A file's URL, or a list of them.

    accept  as in HTML: "image/*,.pdf"; "" for any
    kind    kind of file: "image"
    """

    multiple: bool
    accept: str = ""
    kind: str = ""
    min_items: int = 0
    max_items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Properties of an object that are drawn under one heading."""

    title: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeKey:
    """The node of additional keys.

    pattern  from `patternProperties`; None for `additionalProperties`
    """

    pattern: Pattern | None
    node: Later


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group(Node):
    """An object.

    children   in the order of the form
    automatic  present if and only if anything inside was entered
    free       nodes of additional keys; () if they cannot be entered
    keys       the only valid additional keys; () for any
    closed     other keys are invalid and dropped with a notice; else they are preserved
    widen      returns the object with the properties that conditions add for a value; or None
    widened    returns the object with the properties of each single condition
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
        """Return the node of an additional key, or None if it cannot be entered."""
        for each in self.free:
            if each.pattern is None or each.pattern.accepts(key):
                return each.node
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows(Node):
    """An array.

    first  nodes of the rows of `prefixItems`, which are always present
    item   node of further rows; None if there are none
    """

    first: tuple[Node, ...] = ()
    item: Later | None
    min_items: int = 0
    max_items: int | None = None
    spare: bool = False  # a blank row is added, because blank rows are omitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One branch of a union.

    number  index in the schema's list
    """

    number: int
    label: str
    schema: Schema
    node: Later
    accepts: Callable[[JSON], bool]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Union(Node):
    """A value that matches one of several schemas.

    keyword   "anyOf", "oneOf" or "type"
    start     the initial branch of a new form; None for "Not set"
    can_skip  "Not set" is offered
    level     number of enclosing unions for the same value
    size      number of branches in the schema
    """

    keyword: str
    branches: tuple[Branch, ...]
    start: int | None
    can_skip: bool
    level: int = 0
    size: int

    def kind(self, name: str) -> str:
        """Return the kind of a meta control, unique among nested unions."""
        return f"{name}{self.level}" if self.level else name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maybe(Node):
    """An optional part, with a checkbox for its presence.

    inner   the part, required
    asked   it is drawn only on request (the schema is recursive or very large)
    """

    inner: Later
    asked: bool = False
