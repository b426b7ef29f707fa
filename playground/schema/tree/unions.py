"""Makes the nodes of unions: `anyOf`, `oneOf` and lists of types."""

from dataclasses import replace
from typing import Any

from playground.schema.reading.flattening import SHAPES, Alternatives, Flat
from playground.schema.reading.keywords import LOOSE, WORDS
from playground.schema.reading.localized_texts import shown
from playground.schema.reading.secrets import is_secret
from playground.schema.tree.nodes import (
    Branch,
    Fixed,
    Group,
    Later,
    Maybe,
    Node,
    Switch,
    Union,
)
from playground.schema.tree.text_unions import is_null, is_offered, is_text_like, texts_as_one
from playground.schema.tree.union_branches import find_branch
from playground.schema.values import JSON, Schema, compact

from .choices import make_closed
from .context import Compiler, Spot
from .labels import labels
from .objects import is_quiet
from .scalars import make_line, make_number, make_text

_MOST_BRANCHES = 100


def find_union(compiler: Compiler, schema: Schema, flat: Flat, spot: Spot) -> Node | None:
    """Make the node of a schema's `anyOf` or `oneOf`; return None if none is to be drawn."""
    for alternatives in flat.alternatives:
        if not any(isinstance(b, dict) and SHAPES & set(b) for b in alternatives.branches):
            continue  # the branches only have `required`, which the validator checks
        if len(alternatives.branches) <= _MOST_BRANCHES:
            return _of_alternatives(compiler, schema, flat, spot, alternatives)
    return None


def _of_alternatives(
    compiler: Compiler, schema: Schema, flat: Flat, spot: Spot, alternatives: Alternatives
) -> Node | None:
    shapes = [(branch, compiler.flatten(branch)) for branch in alternatives.branches]
    filled = [(branch, shape) for branch, shape in shapes if is_offered(shape)]
    has_null = any(is_null(shape) and not shape.impossible for _, shape in shapes)
    null = has_null or flat.keywords.get("nullable") is True
    nullable = (null or "null" in flat.types) and compiler.validator.accepts(None, schema)
    if not filled:
        return None
    if len(filled) == 1:
        return _collapse(compiler, flat, spot, alternatives, filled[0][0], nullable=nullable)
    about = compiler.about(schema, flat, spot, nullable=nullable)
    # One control serves all branches, so it is secret if any of them is.
    secret = about["secret"] or any(is_secret(shape.keywords) for _, shape in filled)
    whole = {**about, "secret": secret}
    if all("const" in shape.keywords or "enum" in shape.keywords for _, shape in filled):
        members = [member for _, shape in filled for member in _members(shape)]
        return make_closed(members, spot, whole)
    if node := _open_choice(compiler, flat, filled, whole):
        return node
    if text := texts_as_one(compiler, spot.name, flat, spot.around):
        return make_text(compiler, text, whole, spot.around)
    return make_union(
        compiler,
        flat,
        spot,
        about,
        numbered=_number_branches(flat, spot, alternatives, shapes),
        keyword=alternatives.keyword,
        size=len(shapes),
    )


def _number_branches(
    flat: Flat, spot: Spot, alternatives: Alternatives, shapes: list[tuple[Schema, Flat]]
) -> list[tuple[int, Schema]]:
    """Return (index, branch) of the offered branches; all strings and files are one branch."""
    texts = [
        number
        for number, (_, shape) in enumerate(shapes)
        if is_offered(shape) and is_text_like(spot.name, flat, shape)
    ]
    numbered = [
        (number, _joined(flat, alternatives, branch))
        for number, (branch, shape) in enumerate(shapes)
        if is_offered(shape) and number not in texts[1:]
    ]
    if len(texts) <= 1:
        return numbered
    joined = [_joined(flat, alternatives, shapes[number][0]) for number in texts]
    as_one: Schema = {alternatives.keyword: joined, **_loose(alternatives)}
    return [(number, as_one if number == texts[0] else branch) for number, branch in numbered]


def _rest(flat: Flat, alternatives: Alternatives) -> dict[str, Any]:
    """Return the schema without the alternatives."""
    others = [other.as_schema() for other in flat.alternatives if other is not alternatives]
    rest = flat.without("nullable")
    if "null" in flat.types and "type" in rest:
        rest["type"] = [name for name in flat.types if name != "null"]
    return {**rest, **({"allOf": [*others, *flat.conditions]} if others or flat.conditions else {})}


def _joined(flat: Flat, alternatives: Alternatives, branch: Schema) -> Schema:
    """Return one branch merged with the containing schema."""
    plain = _rest(flat, alternatives)
    for name in (WORDS, "title", "description", "default", "examples", "example", "x-playground",
                 "deprecated", "readOnly", "writeOnly"):  # fmt: skip
        plain.pop(name, None)
    if not plain:
        return branch
    return {"allOf": [branch, plain]}


def _collapse(
    compiler: Compiler,
    flat: Flat,
    spot: Spot,
    alternatives: Alternatives,
    branch: Schema,
    *,
    nullable: bool,
) -> Node:
    """Make the node of `anyOf [X, null]`: a nullable X with the outer title and description."""
    rest = _rest(flat, alternatives)
    merged = {**rest, "allOf": [*rest.get("allOf", []), branch]}
    if nullable:
        merged = {"anyOf": [merged, {"type": "null"}], **_words(merged)}
        inner = compiler.flatten(merged["anyOf"][0])
        inner = replace(inner, keywords={**inner.keywords, "nullable": True})
        return compiler.plain(merged, inner, _trailing(spot, flat))
    return compiler.plain(merged, compiler.flatten(merged), _trailing(spot, flat))


def _words(schema: dict[str, Any]) -> dict[str, Any]:
    names = (WORDS, "title", "description", "default")
    return {name: schema[name] for name in names if name in schema}


def _trailing(spot: Spot, flat: Flat) -> Spot:
    return replace(spot, trail=spot.trail | flat.refs)


def _loose(alternatives: Alternatives) -> dict[str, Any]:
    return {LOOSE: True} if alternatives.is_loose else {}


def _members(shape: Flat) -> list[tuple[JSON, str, str]]:
    """Return the (value, label, help) of a branch that is an `enum` or `const`."""
    keywords = shape.keywords
    if "const" in keywords:
        title, note = shown(keywords, "title"), shown(keywords, "description")
        words = [word if isinstance(word, str) else "" for word in (title, note)]
        return [(keywords["const"], words[0], words[1])]
    return [(member, "", "") for member in keywords["enum"]]


def _open_choice(
    compiler: Compiler, flat: Flat, filled: list[tuple[Schema, Flat]], about: dict[str, Any]
) -> Node | None:
    """Make a text with suggestions of `anyOf [enum, string]`, if any string is valid."""
    closed = [shape for _, shape in filled if "enum" in shape.keywords or "const" in shape.keywords]
    free = [pair for pair in filled if pair[1] not in closed]
    if len(free) != 1 or not closed or free[0][1].alternatives:
        return None
    schema, shape = free[0]
    values = [member for each in closed for member, _, _ in _members(each)]
    if not all(compiler.validator.accepts(value, schema) for value in values):
        return None
    keywords = {**shape.keywords, **flat.keywords}
    merged = replace(shape, keywords=keywords)
    if shape.types == ("string",):
        texts = tuple(dict.fromkeys(values))
        return make_line(compiler, merged, about, suggestions=texts)
    if shape.types in {("number",), ("integer",)}:
        return make_number(merged, about, suggestions=tuple(map(compact, values)))
    return None


def of_types(
    compiler: Compiler, flat: Flat, spot: Spot, about: dict[str, Any], types: list[str]
) -> Node:
    """Make the union of a list of types, `type: [string, array, ...]`."""
    plain = flat.without(WORDS, "title", "description", "default", "nullable", "x-playground")
    schemas: list[tuple[int, Schema]] = [
        (number, {**plain, "type": name}) for number, name in enumerate(types)
    ]
    return make_union(
        compiler, flat, spot, about, numbered=schemas, keyword="type", size=len(types)
    )


def make_union(
    compiler: Compiler,
    flat: Flat,
    spot: Spot,
    about: dict[str, Any],
    *,
    numbered: list[tuple[int, Schema]],
    keyword: str,
    size: int,
) -> Union:
    inside = spot.inside(flat, spot.name, branch=True, title=about["title"], unions=spot.unions + 1)
    shapes = [compiler.flatten(schema) for _, schema in numbered]
    branches = tuple(
        Branch(
            number=number,
            label=label,
            schema=schema,
            node=_later_branch(compiler, schema, inside, required=spot.required),
            accepts=lambda value, schema=schema: compiler.validator.accepts(value, schema),  # type: ignore[misc]
        )
        for (number, schema), label in zip(
            numbered, labels(shapes, compiler, flat, spot.name), strict=True
        )
    )
    default = about["default"]
    start: int | None = find_branch(branches, default[0]) if default else 0
    if not about["required"] and not default and not is_quiet(branches[0].node()):
        start = None
    return Union(
        **about,
        keyword=keyword,
        branches=branches,
        start=start,
        can_skip=not about["required"] or about["nullable"],
        level=spot.unions,
        size=size,
    )


def _later_branch(compiler: Compiler, schema: Schema, inside: Spot, *, required: bool) -> Later:
    """Compile a branch lazily; a chosen object is present, a blank one only if required."""

    def make() -> Node:
        node = compiler.node(schema, inside)
        is_whole = isinstance(node, Group | Maybe | Union | Fixed | Switch)
        return replace(node, advanced=False, required=is_whole or required)

    return Later(make)
