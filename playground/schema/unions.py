"""Makes the nodes of values that may have one of several shapes."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .choices import make_choice, make_options
from .flat import Alternatives, Flat
from .nodes import Branch, Later, Node, Union
from .objects import is_quiet
from .scalars import make_line, make_number
from .values import JSON, Schema, compact

if TYPE_CHECKING:
    from .compile import Compiler, Spot

_SHAPES = {"type", "properties", "items", "enum", "const", "$ref", "allOf", "anyOf", "oneOf",
           "additionalProperties", "prefixItems"}  # fmt: skip
_TYPE_WORDS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "object": "details",
    "array": "list",
    "null": "none",
}
_MOST_BRANCHES = 100


def find_union(compiler: "Compiler", schema: Schema, flat: Flat, spot: "Spot") -> Node | None:
    """Make the node of the schema's `anyOf` or `oneOf`, or None where it draws none."""
    for alternatives in flat.alternatives:
        if not any(isinstance(b, dict) and _SHAPES & set(b) for b in alternatives.branches):
            continue  # they only demand: "one of these is required"; the judge sees to it
        if len(alternatives.branches) <= _MOST_BRANCHES:
            return _of_alternatives(compiler, schema, flat, spot, alternatives)
    return None


def _of_alternatives(
    compiler: "Compiler", schema: Schema, flat: Flat, spot: "Spot", alternatives: Alternatives
) -> Node | None:
    shapes = [(branch, compiler.flatten(branch)) for branch in alternatives.branches]
    filled = [(branch, shape) for branch, shape in shapes if not _is_null(shape)]
    null = len(filled) < len(shapes) or flat.keywords.get("nullable") is True
    nullable = (null or "null" in flat.types) and compiler.judge.accepts(None, schema)
    if not filled:
        return None
    if len(filled) == 1:
        return _collapse(compiler, flat, spot, alternatives, filled[0][0], nullable=nullable)
    about = compiler.about(schema, flat, spot, nullable=nullable)
    if all("const" in shape.keywords or "enum" in shape.keywords for _, shape in filled):
        members = [member for _, shape in filled for member in _members(shape)]
        return make_choice(make_options(members), about)
    if node := _open_choice(compiler, flat, filled, about):
        return node
    numbered = [
        (number, _joined(flat, alternatives, branch))
        for number, (branch, shape) in enumerate(shapes)
        if not _is_null(shape)
    ]
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


def _rest(flat: Flat, alternatives: Alternatives) -> dict[str, Any]:
    """Return the schema around the alternatives, as one schema again."""
    others = [
        {other.keyword: list(other.branches)}
        for other in flat.alternatives
        if other is not alternatives
    ]
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
    compiler: "Compiler",
    flat: Flat,
    spot: "Spot",
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


def _trailing(spot: "Spot", flat: Flat) -> "Spot":
    return replace(spot, trail=spot.trail | flat.refs)


def _members(shape: Flat) -> list[tuple[JSON, str, str]]:
    """Return the (value, label, help) of a branch that is an enum or a constant."""
    keywords = shape.keywords
    if "const" in keywords:
        title, note = keywords.get("title", ""), keywords.get("description", "")
        words = [word if isinstance(word, str) else "" for word in (title, note)]
        return [(keywords["const"], words[0], words[1])]
    return [(member, "", "") for member in keywords["enum"]]


def _open_choice(
    compiler: "Compiler", flat: Flat, filled: list[tuple[Schema, Flat]], about: dict[str, Any]
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
    compiler: "Compiler", flat: Flat, spot: "Spot", about: dict[str, Any], types: list[str]
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
    compiler: "Compiler",
    flat: Flat,
    spot: "Spot",
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
            node=_later_branch(compiler, schema, inside),
            accepts=lambda value, schema=schema: compiler.judge.accepts(value, schema),  # type: ignore[misc]
        )
        for (number, schema), label in zip(numbered, labels(shapes, compiler, flat), strict=True)
    )
    start = _start(branches, about, flat)
    quiet = [is_quiet(replace_required(branches[start].node()))] if start is not None else []
    skips = not about["required"] or about["nullable"]
    if not about["required"] and not about["default"] and not all(quiet):
        start = None
    return Union(
        **about,
        keyword=keyword,
        branches=branches,
        start=start,
        can_skip=skips,
        level=spot.unions,
        size=size,
    )


def replace_required(node: Node) -> Node:
    return replace(node, required=False)


def _later_branch(compiler: "Compiler", schema: Schema, inside: "Spot") -> Later:
    """Compile a branch; it carries no heading of its own, the union has one."""
    return Later(lambda: replace(compiler.node(schema, inside), advanced=False))


def _start(branches: tuple[Branch, ...], about: dict[str, Any], _flat: Flat) -> int | None:
    if about["default"]:
        return find_branch(branches, about["default"][0])
    return 0


def find_branch(branches: tuple[Branch, ...], value: JSON) -> int:
    """Return the branch to show a value in: the first that accepts it, else the likeliest."""
    for number, branch in enumerate(branches):
        if branch.accepts(value):
            return number
    return max(range(len(branches)), key=lambda n: (_likeness(branches[n].node(), value), -n))


def _likeness(node: Node, value: JSON) -> int:
    """Return how much a value looks like a branch: constants that agree weigh most."""
    from .nodes import Choice, Fixed, Group, Raw, Rows  # noqa: PLC0415

    if isinstance(node, Group) and isinstance(value, dict):
        score = 1
        for child in node.children:
            if child.name in value:
                score += 1
                if isinstance(child, Fixed):
                    score += 100 if child.value == value[child.name] else -100
                if isinstance(child, Choice) and len(child.options) == 1:
                    score += 100 if child.options[0].value == value[child.name] else -100
        return score
    fits = {str: "Text", int: "Number", float: "Number", list: "Rows", dict: "Group"}
    if isinstance(node, Rows) and isinstance(value, list):
        return 1
    if isinstance(node, Raw):
        return 0
    return int(type(node).__name__ == fits.get(type(value), ""))


def labels(shapes: list[Flat], compiler: "Compiler", flat: Flat) -> list[str]:
    """Return a word for each branch: its title, what tells it apart, else what it holds."""
    discriminator = flat.keywords.get("discriminator")
    tell = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    outer = flat.keywords.get("title")
    found = [_label(shape, compiler, tell, outer) for shape in shapes]
    seen: dict[str, int] = {}
    unique = []
    for label in found:
        seen[label] = seen.get(label, 0) + 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return unique


def _label(shape: Flat, compiler: "Compiler", tell: str | None, outer: Any) -> str:
    title = shape.keywords.get("title")
    if isinstance(title, str) and title and title != outer:
        return title
    properties = shape.keywords.get("properties", {})
    for name in [tell] if tell in properties else properties:
        keywords = compiler.flatten(properties[name]).keywords
        members = [keywords["const"]] if "const" in keywords else keywords.get("enum", [])
        if len(members) == 1:
            return members[0] if isinstance(members[0], str) else compact(members[0])
    return words_for(shape, compiler)


def words_for(shape: Flat, compiler: "Compiler") -> str:
    """Return what a shape holds, in words: "text", "list of files", "details: width, height"."""
    types = shape.types
    if "enum" in shape.keywords or "const" in shape.keywords:
        return "one of a list"
    if types == ("array",):
        inner = compiler.flatten(shape.keywords.get("items", True))
        word = {"string": "texts", "number": "numbers", "integer": "whole numbers"}
        kind = word.get(inner.types[0]) if len(inner.types) == 1 else None
        return f"list of {kind}" if kind else "list"
    if types == ("object",):
        names = [name.replace("_", " ") for name in shape.keywords.get("properties", {})]
        return ", ".join(names[:3]) + ("…" if len(names) > 3 else "") or "details"  # noqa: PLR2004
    if len(types) == 1:
        return _TYPE_WORDS[types[0]]
    return "anything"
