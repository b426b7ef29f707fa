"""What compiling one schema shares: the document, the validator, the compile functions."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from playground.schema.names import spaced
from playground.schema.reading.documents import Document
from playground.schema.reading.flattening import Flat, flatten
from playground.schema.reading.localized_texts import translated
from playground.schema.reading.secrets import has_secrets, holds_secrets, is_secret
from playground.schema.reading.validator import SchemaValidator
from playground.schema.tree.nodes import Later, Maybe, Node, make_raw
from playground.schema.values import Schema

from .helps import help_of, known_help
from .hints import Hints, capital, read_hints, title_of

DEEPEST = 12

type Maker = Callable[["Compiler", Schema, Flat, "Spot"], Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The place in the tree where a schema is compiled.

    depth   containers around it
    around  the nearest name around it
    trail   the `$ref`s on the way: meeting one again is recursion
    branch  inside a chosen branch, where constants identify it
    title   for rows, which have no name
    unions  around it at the very same place
    bare    it opens without its default, and a constant without its value
    secret  something around it is secret, and so is all in it
    """

    name: str = ""
    required: bool = True
    depth: int = 0
    around: str = ""
    trail: frozenset[str] = frozenset()
    branch: bool = False
    title: str = ""
    unions: int = 0
    bare: bool = False
    secret: bool = False

    def inside(self, flat: Flat, name: str = "", **changes: Any) -> "Spot":
        """Return the spot of something that a schema at this spot contains."""
        around, trail = self.name or self.around, self.trail | flat.refs
        secret = self.secret or is_secret(flat.keywords)
        spot = Spot(name=name, depth=self.depth + 1, around=around, trail=trail, secret=secret)
        return replace(spot, **changes)


@dataclass(slots=True)
class Compiler:
    """Compiles the parts of one document; later too, when a part is first wanted.

    make  the node for a schema, by what kind of place it describes
    """

    document: Document
    validator: SchemaValidator
    make: "Maker"
    made: int = field(default=0)
    has_secrets: bool = field(init=False)

    def __post_init__(self) -> None:
        self.has_secrets = has_secrets(self.document)

    def root(self) -> Node:
        return self.node(self.document.schema, Spot(trail=frozenset({"#"})))

    def later(self, schema: Schema, spot: Spot) -> Later:
        return Later(lambda: self.node(schema, spot))

    def plain(self, schema: Schema, flat: Flat, spot: Spot) -> Node:
        """Make the node for a schema that is neither impossible nor endless."""
        return self.make(self, schema, flat, spot)

    def flatten(self, schema: Schema) -> Flat:
        return flatten(schema, self.document)

    def node(self, schema: Schema, spot: Spot) -> Node:
        """Make the node for a schema met at a spot."""
        self.made += 1
        flat = self.flatten(schema)
        if flat.impossible or spot.depth > DEEPEST:
            return make_raw(self.about(schema, flat, spot))
        if flat.refs & spot.trail and spot.name and not spot.required:
            return self.asked(schema, flat, spot)
        return self.plain(schema, flat, spot)

    def asked(self, schema: Schema, flat: Flat, spot: Spot) -> Node:
        """Make a part that is drawn only when a person asks for it."""
        about = self.about(schema, flat, spot)
        inner = replace(spot, required=True)
        return Maybe(**about, inner=Later(lambda: self.plain(schema, flat, inner)), asked=True)

    def maybe(self, node: Node, spot: Spot, **changes: Any) -> Maybe:
        """Put a question before a part: is it there?"""
        names = Node.__dataclass_fields__
        about = {name: getattr(node, name) for name in names} | {"required": spot.required}
        inner = replace(node, required=True, nullable=False, null_choice=False, **changes)
        return Maybe(**about, inner=Later(lambda: inner))

    def about(self, schema: Schema, flat: Flat, spot: Spot, **known: Any) -> dict[str, Any]:
        """Return what every kind of node needs to know."""
        keywords = flat.keywords
        nullable = known.get("nullable", self.takes_null(schema, flat))
        default = () if spot.bare else self.default(schema, keywords)
        title = self.title(schema, flat, spot)
        secret = spot.secret or is_secret(keywords)
        titles = (title, str(keywords.get("title") or spaced(spot.name)))
        help_text = help_of(keywords, titles, required=spot.required, default=default)
        return {
            "name": spot.name,
            "title": title,
            "help": help_text
            or ("" if spot.unions else known_help(spot.name, keywords, flat.types)),
            "schema": schema,
            "required": spot.required,
            "guessed": bool(flat.types) and "type" not in keywords,
            "nullable": nullable,
            "null_choice": bool(nullable and not spot.required and default),
            "default": default,
            "advanced": self.hints(flat).advanced,
            # Of a row, a branch or the whole, it would leave nothing to fill in.
            "read_only": keywords.get("readOnly") is True and bool(spot.name) and not spot.unions,
            "secret": secret,
            "holds_secrets": secret or (self.has_secrets and holds_secrets(self.document, schema)),
            "deprecated": keywords.get("deprecated") is True,
        }

    def title(self, schema: Schema, flat: Flat, spot: Spot) -> str:
        """Return what to call a part: its title, unless that only names a class in a program."""
        own = isinstance(schema, dict) and "title" in schema
        own = own or translated(flat.keywords, "title") is not None
        foreign = spot.name and not own and flat.keywords.get("title") in flat.type_names
        return capital(title_of({} if foreign else flat.keywords, spot.name) or spot.title)

    def default(self, schema: Schema, keywords: dict[str, Any]) -> tuple[()] | tuple[Any]:
        """Return the default, if the schema itself accepts it. A default of null is none."""
        value = keywords.get("default")
        return (value,) if value is not None and self.validator.accepts(value, schema) else ()

    def takes_null(self, schema: Schema, flat: Flat) -> bool:
        """Return whether null is a value that the schema names, not one it merely lets pass."""
        named = (
            "null" in flat.types
            or flat.keywords.get("nullable") is True
            or None in flat.keywords.get("enum", ())
        )
        return named and self.validator.accepts(None, schema)

    def hints(self, flat: Flat) -> Hints:
        return read_hints(flat.keywords)
