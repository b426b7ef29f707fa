"""Makes the nodes of objects."""

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from playground.schema.reading.flattening import SHAPES, Flat
from playground.schema.reading.keywords import is_nothing
from playground.schema.reading.patterns import find_pattern
from playground.schema.tree.nodes import (
    Choice,
    Files,
    Fixed,
    FreeKey,
    Group,
    Lines,
    Maybe,
    Multi,
    Node,
    Number,
    Raw,
    Rows,
    Section,
    Text,
    Union,
    make_raw,
)
from playground.schema.tree.options import ChoiceLayout
from playground.schema.values import JSON, Schema

from .context import Compiler, Spot
from .hints import folded, ordered, references

_MOST_CHILDREN = 2000
_MOST_NODES = 8000  # above this, further objects become JSON text fields


def is_quiet(node: Node) -> bool:  # noqa: PLR0911 - one for each kind
    """Return whether a property that is untouched in a new form has no value."""
    if node.default:
        return False
    match node:
        case Text() | Number() | Raw() | Lines() | Files() | Multi():
            return not node.required
        case Choice(look=look, options=options):
            return not node.required or (look is ChoiceLayout.SELECT and len(options) > 1)
        case Fixed():
            return not node.emitted
        case Group():
            return node.automatic
        case Rows() | Maybe():
            return not node.required
        case Union():
            return not node.required and (
                node.start is None or is_quiet(node.branches[node.start].node())
            )
        case _:
            return False


def make_object(compiler: Compiler, flat: Flat, spot: Spot, about: dict[str, Any]) -> Node:
    """Make the node of an object with its conditions, as an optional part if needed."""
    group = _make_group(compiler, flat, spot, about)
    if isinstance(group, Raw):
        return group
    if flat.conditions:
        widen, widened = _widening(compiler, flat, spot, about, group)
        group = replace(group, widen=widen, widened=widened)
    if spot.required and not group.nullable:
        return group
    calm = not any(child.required for child in group.children) and not group.default
    if calm and all(map(is_quiet, group.children)) and not spot.required:
        return replace(group, automatic=True, null_choice=False)
    return compiler.maybe(group, spot)


def _make_group(
    compiler: Compiler,
    flat: Flat,
    spot: Spot,
    about: dict[str, Any],
    asking: frozenset[str] = frozenset(),
) -> Group | Raw:
    keywords, hints = flat.keywords, compiler.hints(flat)
    properties: dict[str, Schema] = keywords.get("properties", {})
    extra = keywords.get("additionalProperties", keywords.get("unevaluatedProperties", True))
    free = _free_keys(compiler, flat, spot, extra)
    too_many = len(properties) > _MOST_CHILDREN or compiler.made > _MOST_NODES
    if too_many or not (properties or free or flat.conditions or extra is False):
        return make_raw(about)
    required = keywords.get("required", [])
    named = {name: _schema_for(flat, name, extra) for name in demanded_names(flat)}
    properties = properties | {name: each for name, each in named.items() if each is not False}
    bare = (asking | _asking_names(flat)) - set(required)
    children = [
        compiler.node(
            properties[name],
            spot.inside(
                flat, name, required=name in required, branch=spot.branch, bare=name in bare
            ),
        )
        for name in ordered(properties, required, {**keywords, "properties": properties}, hints)
    ]
    if spot.depth == 0:
        folds = folded(properties, required, hints)
        shown = references(properties, required, hints)
        children = [_fold(child, folds, shown) for child in children]
    names = keywords.get("propertyNames")
    return Group(
        **about,
        children=(*[c for c in children if not c.advanced], *[c for c in children if c.advanced]),
        free=free,
        keys=_known_keys(compiler, names),
        closed=keywords.get("additionalProperties") is False and not _unchecked(flat),
        sections=tuple(Section(title=t, names=frozenset(n)) for t, n in hints.groups if t and n),
    )


def _fold(child: Node, folds: Container[str], shown: Container[str]) -> Node:
    """Mark a property as advanced, unless it is always shown."""
    return replace(
        child, advanced=child.name not in shown and (child.advanced or child.name in folds)
    )


def demanded_names(flat: Flat) -> list[str]:
    """Return the required names that have no schema."""
    lists = [flat.keywords.get("required", ())]
    lists += [
        branch.get("required", ())
        for each in flat.alternatives
        for branch in each.branches
        if isinstance(branch, dict) and not SHAPES & set(branch)
    ]
    known = flat.keywords.get("properties", {})
    return [name for names in lists for name in names if name not in known]


def _asking_names(flat: Flat) -> frozenset[str]:
    """Return the properties whose presence requires others; they get no default."""
    parts, needed = flat.keywords.get("properties", {}), set(flat.keywords.get("required", ()))
    given = {name for name, part in parts.items() if isinstance(part, dict) and "default" in part}
    found: set[str] = set()
    for condition in flat.conditions:
        asks = {**condition.get("dependentRequired", {})}
        for name, schema in condition.get("dependentSchemas", {}).items():
            own = schema.get("required", ()) if isinstance(schema, dict) else ()
            asks[name] = [*asks.get(name, ()), *own]
        found |= {name for name, names in asks.items() if set(names) - needed - given - {name}}
    return frozenset(found)


def _schema_for(flat: Flat, name: str, extra: Schema) -> Schema:
    """Return the schema of a key that is not in `properties`; False if it is invalid."""
    found = [
        schema
        for text, schema in flat.keywords.get("patternProperties", {}).items()
        for pattern in [find_pattern(text)]
        if pattern and pattern.accepts(name)
    ]
    if any(map(is_nothing, found)):
        return False
    if found:
        return found[0] if len(found) == 1 else {"allOf": found}
    return extra


def _free_keys(compiler: Compiler, flat: Flat, spot: Spot, extra: Schema) -> tuple[FreeKey, ...]:
    """Return the nodes of additional keys, those of `patternProperties` first."""
    inside = spot.inside(flat, required=True)
    found = [
        FreeKey(pattern=pattern, node=compiler.later(schema, inside))
        for text, schema in flat.keywords.get("patternProperties", {}).items()
        for pattern in [find_pattern(text)]
        if pattern and not is_nothing(schema)
    ]
    unchecked = _unchecked(flat)
    if unchecked and extra is False:  # an unchecked pattern may match any key
        extra = next((each for each in unchecked if not is_nothing(each)), False)
    least = flat.keywords.get("minProperties", 0)
    is_wanted = bool(least) and least > _room(compiler, flat)
    if (isinstance(extra, dict) and extra) or (extra is True and is_wanted):
        found.append(FreeKey(pattern=None, node=compiler.later(extra, inside)))
    return tuple(found)


def _room(compiler: Compiler, flat: Flat) -> int:
    """Return the number of an object's editable properties."""
    parts = map(compiler.flatten, flat.keywords.get("properties", {}).values())
    return sum(not part.impossible and part.keywords.get("readOnly") is not True for part in parts)


def _unchecked(flat: Flat) -> list[Schema]:
    """Return the schemas of the `patternProperties` whose patterns are unchecked."""
    patterns = flat.keywords.get("patternProperties", {})
    return [schema for text, schema in patterns.items() if find_pattern(text) is None]


def _known_keys(compiler: Compiler, names: Schema | None) -> tuple[str, ...]:
    if not isinstance(names, dict):
        return ()
    members = compiler.flatten(names).keywords.get("enum", ())
    return tuple(each for each in members if isinstance(each, str))


def _widening(
    compiler: Compiler, flat: Flat, spot: Spot, about: dict[str, Any], base: Group
) -> tuple[Callable[[JSON], Group | None], Callable[[], Iterator[Group]]]:
    """Return the functions `widen` and `widened` of a group.

    The first makes the object for a value's met conditions, the second for each condition.
    """

    @lru_cache(maxsize=64)
    def make(which: tuple[int, ...]) -> Group:
        added = [schema for n, (_, schema) in enumerate(every) if n in which]
        schema = {**flat.keywords, "allOf": added}
        if spot.depth == 0 and isinstance(compiler.document.schema, dict):
            schema.pop("$schema", None)
        made = _make_group(compiler, compiler.flatten(schema), spot, about, _asking_names(flat))
        return made if isinstance(made, Group) else base

    every = _consequences(flat)

    def widen(value: JSON) -> Group | None:
        which = tuple(
            n
            for n, (applies, _) in enumerate(every)
            if isinstance(value, dict) and applies(compiler, value)
        )
        return make(which) if which else None

    def widened() -> Iterator[Group]:
        return (make((n,)) for n in range(len(every)))

    return widen, widened


def _consequences(flat: Flat) -> list[tuple[Any, Schema]]:
    """Return (test, schema) for each condition: the schema applies where the test holds."""
    found: list[tuple[Any, Schema]] = []
    for part in flat.conditions:
        if "if" in part:
            test = part["if"]
            if "then" in part:
                found.append((lambda c, v, t=test: c.validator.accepts(v, t), part["then"]))
            if "else" in part:
                found.append((lambda c, v, t=test: not c.validator.accepts(v, t), part["else"]))
        for name, schema in part.get("dependentSchemas", {}).items():
            found.append((lambda _, v, n=name: n in v, schema))
        for name, names in part.get("dependentRequired", {}).items():
            found.append((lambda _, v, n=name: n in v, {"required": names}))
    return found
