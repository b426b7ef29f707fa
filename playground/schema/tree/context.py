"""State of compiling one schema: document, validator, compile functions."""

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
    """The position in the tree at which a schema is compiled.

    depth   number of containers
    around  name of the nearest named container
    trail   the `$ref`s followed so far, to detect recursion
    branch  inside a union's branch, which constants identify
    title   title of a row, which has no name
    unions  number of enclosing unions for the same value
    bare    opens without default, and a constant without value
    secret  a container is secret, and therefore all in it
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
        """Return the spot of a subschema."""
        around, trail = self.name or self.around, self.trail | flat.refs
        secret = self.secret or is_secret(flat.keywords)
        spot = Spot(name=name, depth=self.depth + 1, around=around, trail=trail, secret=secret)
        return replace(spot, **changes)


@dataclass(slots=True)
class Compiler:
    """Compiles the parts of one document, some of them lazily.

    make  makes the node of a schema, by its kind
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
        """Make the node of a schema that is neither impossible nor recursive."""
        return self.make(self, schema, flat, spot)

    def flatten(self, schema: Schema) -> Flat:
        return flatten(schema, self.document)

    def node(self, schema: Schema, spot: Spot) -> Node:
        """Make the node of a schema at a spot."""
        self.made += 1
        flat = self.flatten(schema)
        if flat.impossible or spot.depth > DEEPEST:
            return make_raw(self.about(schema, flat, spot))
        if flat.refs & spot.trail and spot.name and not spot.required:
            return self.asked(schema, flat, spot)
        return self.plain(schema, flat, spot)

    def asked(self, schema: Schema, flat: Flat, spot: Spot) -> Node:
        """Make an optional part that is compiled and drawn only on request."""
        about = self.about(schema, flat, spot)
        inner = replace(spot, required=True)
        return Maybe(**about, inner=Later(lambda: self.plain(schema, flat, inner)), asked=True)

    def maybe(self, node: Node, spot: Spot, **changes: Any) -> Maybe:
        """Wrap a node as an optional part with a checkbox."""
        names = Node.__dataclass_fields__
        about = {name: getattr(node, name) for name in names} | {"required": spot.required}
        inner = replace(node, required=True, nullable=False, null_choice=False, **changes)
        return Maybe(**about, inner=Later(lambda: inner))

    def about(self, schema: Schema, flat: Flat, spot: Spot, **known: Any) -> dict[str, Any]:
        """Return the attributes that all nodes share."""
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
            # Ignored for rows, branches and the root, which would have no editable field.
            "read_only": keywords.get("readOnly") is True and bool(spot.name) and not spot.unions,
            "secret": secret,
            "holds_secrets": secret or (self.has_secrets and holds_secrets(self.document, schema)),
            "deprecated": keywords.get("deprecated") is True,
        }

    def title(self, schema: Schema, flat: Flat, spot: Spot) -> str:
        """Return the title of a node: the schema's, unless that is only a class name."""
        own = isinstance(schema, dict) and "title" in schema
        own = own or translated(flat.keywords, "title") is not None
        foreign = spot.name and not own and flat.keywords.get("title") in flat.type_names
        return capital(title_of({} if foreign else flat.keywords, spot.name) or spot.title)

    def default(self, schema: Schema, keywords: dict[str, Any]) -> tuple[()] | tuple[Any]:
        """Return (default,), or () if the schema has none, null, or one that it does not accept."""
        value = keywords.get("default")
        return (value,) if value is not None and self.validator.accepts(value, schema) else ()

    def takes_null(self, schema: Schema, flat: Flat) -> bool:
        """Return whether the schema accepts null explicitly, not only because it has no type."""
        named = (
            "null" in flat.types
            or flat.keywords.get("nullable") is True
            or None in flat.keywords.get("enum", ())
        )
        return named and self.validator.accepts(None, schema)

    def hints(self, flat: Flat) -> Hints:
        return read_hints(flat.keywords)
