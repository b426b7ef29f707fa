"""Makes the nodes of values that may have one of several shapes."""

import re
from dataclasses import replace
from typing import Any

from playground.schema.reading.flattening import SHAPES, Alternatives, Flat
from playground.schema.reading.keywords import LOOSE
from playground.schema.reading.secrets import is_secret
from playground.schema.values import ABSENT, JSON, Schema, compact, is_same

from .choices import make_closed
from .context import Compiler, Spot
from .guesses import upload_kind
from .labels import labels
from .nodes import (
    Branch,
    Choice,
    Files,
    Fixed,
    Group,
    Later,
    Maybe,
    Node,
    Number,
    Option,
    Rows,
    Switch,
    Text,
    Union,
)
from .objects import is_quiet
from .scalars import make_line, make_number, make_text

_MOST_BRANCHES = 100
_OF_ADDRESSES = re.compile(r"data:|https?|base64", re.IGNORECASE)  # patterns of them
_CONSTANT = 100  # what a constant that agrees weighs, against one for a known name


def find_union(compiler: Compiler, schema: Schema, flat: Flat, spot: Spot) -> Node | None:
    """Make the node of the schema's `anyOf` or `oneOf`, or None where it draws none."""
    for alternatives in flat.alternatives:
        if not any(isinstance(b, dict) and SHAPES & set(b) for b in alternatives.branches):
            continue  # they only demand: "one of these is required"; the judge sees to it
        if len(alternatives.branches) <= _MOST_BRANCHES:
            return _of_alternatives(compiler, schema, flat, spot, alternatives)
    return None


def _of_alternatives(
    compiler: Compiler, schema: Schema, flat: Flat, spot: Spot, alternatives: Alternatives
) -> Node | None:
    shapes = [(branch, compiler.flatten(branch)) for branch in alternatives.branches]
    filled = [(branch, shape) for branch, shape in shapes if _is_offered(shape)]
    has_null = any(_is_null(shape) and not shape.impossible for _, shape in shapes)
    null = has_null or flat.keywords.get("nullable") is True
    nullable = (null or "null" in flat.types) and compiler.judge.accepts(None, schema)
    if not filled:
        return None
    if len(filled) == 1:
        return _collapse(compiler, flat, spot, alternatives, filled[0][0], nullable=nullable)
    about = compiler.about(schema, flat, spot, nullable=nullable)
    # One control serves all shapes: it hides what any of them calls secret.
    secret = about["secret"] or any(is_secret(shape.keywords) for _, shape in filled)
    whole = {**about, "secret": secret}
    if all("const" in shape.keywords or "enum" in shape.keywords for _, shape in filled):
        members = [member for _, shape in filled for member in _members(shape)]
        return make_closed(members, spot, whole)
    if node := _open_choice(compiler, flat, filled, whole):
        return node
    if text := texts_as_one(compiler, spot.name, flat, spot.around):
        return make_text(compiler, text, whole, spot.around)
    texts = [
        number
        for number, (_, shape) in enumerate(shapes)
        if _is_offered(shape) and is_text_like(spot.name, flat, shape)
    ]
    numbered = [
        (number, _joined(flat, alternatives, branch))
        for number, (branch, shape) in enumerate(shapes)
        if _is_offered(shape) and number not in texts[1:]
    ]
    if len(texts) > 1:  # they are one choice, which a text or a file can meet in several ways
        joined = [_joined(flat, alternatives, shapes[number][0]) for number in texts]
        numbered = [
            (number, {alternatives.keyword: joined, **_loose(alternatives)}
             if number == texts[0] else branch)
            for number, branch in numbered
        ]  # fmt: skip
    return make_union(
        compiler,
        flat,
        spot,
        about,
        numbered=numbered,
        keyword=alternatives.keyword,
        size=len(shapes),
    )


def _is_null(shape: Flat) -> bool:
    keywords = shape.keywords
    only = keywords.get("enum") == [None] or keywords.get("const", 0) is None
    return shape.types == ("null",) or only


def _is_offered(shape: Flat) -> bool:
    """Tell whether a branch is one to choose: null is said otherwise, and nothing fits `false`."""
    return not _is_null(shape) and not shape.impossible


def _rest(flat: Flat, alternatives: Alternatives) -> dict[str, Any]:
    """Return the schema around the alternatives, as one schema again."""
    others = [other.as_schema() for other in flat.alternatives if other is not alternatives]
    rest = flat.without("nullable")
    if "null" in flat.types and "type" in rest:
        rest["type"] = [name for name in flat.types if name != "null"]
    return {**rest, **({"allOf": [*others, *flat.conditions]} if others or flat.conditions else {})}


def _joined(flat: Flat, alternatives: Alternatives, branch: Schema) -> Schema:
    """Return one branch together with what the schema around it says."""
    plain = _rest(flat, alternatives)
    for name in ("title", "description", "default", "examples", "example", "x-playground",
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
    """Make the node of `anyOf [X, null]`: X, with the outer words, and null beside it."""
    rest = _rest(flat, alternatives)
    merged = {**rest, "allOf": [*rest.get("allOf", []), branch]}
    if nullable:
        merged = {"anyOf": [merged, {"type": "null"}], **_words(merged)}
        inner = compiler.flatten(merged["anyOf"][0])
        inner = replace(inner, keywords={**inner.keywords, "nullable": True})
        return compiler.plain(merged, inner, _trailing(spot, flat))
    return compiler.plain(merged, compiler.flatten(merged), _trailing(spot, flat))


def _words(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: schema[name] for name in ("title", "description", "default") if name in schema}


def _trailing(spot: Spot, flat: Flat) -> Spot:
    return replace(spot, trail=spot.trail | flat.refs)


def _loose(alternatives: Alternatives) -> dict[str, Any]:
    return {LOOSE: True} if alternatives.is_loose else {}


def is_text_like(name: str, flat: Flat, shape: Flat) -> bool:
    """Tell whether a branch is a plain text or a file, which a person need not tell apart."""
    named = {"enum", "const"} & set(shape.keywords)
    pattern = shape.keywords.get("pattern", "")
    outer = flat.keywords.get("title")
    title = shape.keywords.get("title", outer)
    has_title = title != outer and title not in shape.type_names
    is_file = bool(upload_kind(name, shape.keywords))
    return (
        shape.types == ("string",)
        and "type" in shape.keywords
        and not (shape.alternatives or shape.conditions or named)
        and (not pattern or bool(_OF_ADDRESSES.search(pattern)))
        and (is_file or not has_title)
    )


def texts_as_one(compiler: Compiler, name: str, flat: Flat, around: str = "") -> Flat | None:
    """Return a schema whose branches are all plain texts or files as one that is a text.

    None where it has no branches, or others.
    """
    if len(flat.alternatives) != 1:
        return None
    branches = map(compiler.flatten, flat.alternatives[0].branches)
    shapes = [shape for shape in branches if _is_offered(shape)]
    if not shapes or not all(is_text_like(name, flat, shape) for shape in shapes):
        return None
    keywords = {
        key: value
        for key, value in shapes[0].keywords.items()
        if all(is_same(shape.keywords.get(key, ABSENT), value) for shape in shapes)
    }
    kinds = {upload_kind(name, shape.keywords, around): shape.keywords for shape in shapes}
    kinds.pop("", None)
    family = next((kind for kind in kinds if kind != "file"), "file")
    if kinds:
        keywords |= kinds.get(family, {})
        keywords.pop("pattern", None)
    if kinds and family != "file":
        keywords.setdefault("contentMediaType", f"{family}/*")
    whole = {**keywords, **flat.keywords}
    return replace(flat, keywords=whole, types=("string",), alternatives=())


def _members(shape: Flat) -> list[tuple[JSON, str, str]]:
    """Return the (value, label, help) of a branch that is an enum or a constant."""
    keywords = shape.keywords
    if "const" in keywords:
        title, note = keywords.get("title", ""), keywords.get("description", "")
        words = [word if isinstance(word, str) else "" for word in (title, note)]
        return [(keywords["const"], words[0], words[1])]
    return [(member, "", "") for member in keywords["enum"]]


def _open_choice(
    compiler: Compiler, flat: Flat, filled: list[tuple[Schema, Flat]], about: dict[str, Any]
) -> Node | None:
    """Make text with suggestions of `anyOf [enum, string]`, if the text may be any of them."""
    closed = [shape for _, shape in filled if "enum" in shape.keywords or "const" in shape.keywords]
    free = [pair for pair in filled if pair[1] not in closed]
    if len(free) != 1 or not closed or free[0][1].alternatives:
        return None
    schema, shape = free[0]
    values = [member for each in closed for member, _, _ in _members(each)]
    if not all(compiler.judge.accepts(value, schema) for value in values):
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
    """Make the union of `type: [string, array, ...]`."""
    plain = flat.without("title", "description", "default", "nullable", "x-playground")
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
            accepts=lambda value, schema=schema: compiler.judge.accepts(value, schema),  # type: ignore[misc]
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
    """Compile a branch; a chosen object is there, a chosen blank only where one is needed."""

    def make() -> Node:
        node = compiler.node(schema, inside)
        is_whole = isinstance(node, Group | Maybe | Union | Fixed | Switch)
        return replace(node, advanced=False, required=is_whole or required)

    return Later(make)


def find_branch(branches: tuple[Branch, ...], value: JSON) -> int:
    """Return the branch to show a value in: the first that accepts it, else the likeliest."""
    for number, branch in enumerate(branches):
        if branch.accepts(value):
            return number
    return max(range(len(branches)), key=lambda n: (_likeness(branches[n].node(), value), -n))


def _likeness(node: Node, value: JSON) -> int:
    """Return how much a value looks like a branch: constants that agree weigh most."""
    if isinstance(node, Group) and isinstance(value, dict):
        known = [child for child in node.children if child.name in value]
        return 1 + len(known) + sum(_agreement(child, value[child.name]) for child in known)
    match value:
        case str():
            return int(isinstance(node, Text | Files))
        case int() | float():
            return int(isinstance(node, Number))
        case list():
            return int(isinstance(node, Rows | Files))
        case _:
            return 0


def _agreement(node: Node, value: JSON) -> int:
    match node:
        case Fixed(value=constant) | Choice(options=(Option(value=constant),)):
            return _CONSTANT if is_same(constant, value) else -_CONSTANT
        case _:
            return 0
