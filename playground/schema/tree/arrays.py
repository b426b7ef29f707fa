"""Makes the nodes of arrays."""

from dataclasses import replace
from typing import Any

from playground.schema.reading.flattening import Flat
from playground.schema.reading.secrets import is_secret
from playground.schema.tree.nodes import Files, Later, Lines, Multi, Node, Raw, Rows, make_raw
from playground.schema.tree.text_unions import texts_as_one

from .choices import make_options, tables
from .context import Compiler, Spot
from .guesses import is_file_address, upload_kind
from .scalars import accept_of, is_upload

_MOST_FIRST = 50
_SHARED_KEYWORDS = ("description", "example", "contentMediaType")  # describe the items


def make_array(compiler: Compiler, flat: Flat, spot: Spot, about: dict[str, Any]) -> Node:
    """Make the node of an array, by the schema of its items."""
    node = _of_strings(compiler, flat, about) or _of_options(compiler, flat, about)
    node = node or _rows(compiler, flat, spot, about)
    if node.nullable and (spot.required or node.null_choice) and not isinstance(node, Raw):
        return compiler.maybe(node, spot)
    return node


def _limits(flat: Flat) -> dict[str, Any]:
    most = flat.keywords.get("maxItems")
    return {
        "min_items": int(flat.keywords.get("minItems", 0)),
        "max_items": None if most is None else int(most),
    }


def _of_strings(compiler: Compiler, flat: Flat, about: dict[str, Any]) -> Node | None:
    """Make a node for files or lines if the items are plain strings; else return None."""
    item = compiler.flatten(flat.keywords.get("items", True))
    item = texts_as_one(compiler, about["name"], item) or item
    if about["secret"] or is_secret(item.keywords):
        return None  # each item has its own password field
    plain = item.types == ("string",) and not {"enum", "const"} & set(item.keywords)
    if not plain or item.alternatives or "prefixItems" in flat.keywords:
        return None
    hints, inner = compiler.hints(flat), compiler.hints(item)
    keywords = {name: flat.keywords[name] for name in _SHARED_KEYWORDS if name in flat.keywords}
    keywords |= item.keywords
    guess = "" if hints.widget or inner.widget else upload_kind(about["name"], keywords)
    if is_upload(hints.widget) or is_upload(inner.widget) or guess:
        kind = hints.upload_kind or inner.upload_kind or guess
        accept = hints.accept or inner.accept or accept_of(kind)
        return Files(**about, **_limits(flat), multiple=True, accept=accept, kind=kind)
    if hints.widget == "textarea":
        names_files = is_file_address(about["name"], keywords)
        return Lines(**about, rows=hints.rows or 4, names_files=names_files)
    return None


def _of_options(compiler: Compiler, flat: Flat, about: dict[str, Any]) -> Node | None:
    """Make checkboxes for an array of unique enum members; else return None."""
    item = compiler.flatten(flat.keywords.get("items", True))
    members = item.keywords.get("enum")
    if not members or not flat.keywords.get("uniqueItems") or "prefixItems" in flat.keywords:
        return None
    options = make_options((each, "", "") for each in members)
    return Multi(**about, **tables(options))


def _rows(compiler: Compiler, flat: Flat, spot: Spot, about: dict[str, Any]) -> Node:
    first = flat.keywords.get("prefixItems", [])
    items = flat.keywords.get("items", flat.keywords.get("unevaluatedItems", True))
    if len(first) > _MOST_FIRST or (not first and items is True):
        return make_raw(about)
    inside = spot.inside(flat, required=True)
    is_closed = items is False or (first and items is True)
    blankable = not is_closed and not first and _is_blankable(compiler, items)
    later = None if is_closed else compiler.later(items, inside)
    if blankable:
        later = Later(lambda: _blankable(compiler.node(items, replace(inside, required=False))))
    return Rows(
        **about,
        **_limits(flat),
        first=tuple(compiler.node(each, inside) for each in first),
        item=later,
        spare=blankable,
    )


def _blankable(node: Node) -> Node:
    """Return the node of a row that is omitted while it is blank."""
    return replace(node, default=(), null_choice=False)


def _is_blankable(compiler: Compiler, items: Any) -> bool:
    """Return whether a row can be blank and is then omitted."""
    item = compiler.flatten(items)
    if set(item.types) - {"string", "number", "integer"} or item.alternatives:
        return False
    if "const" in item.keywords or len(item.keywords.get("enum", "ab")) == 1:
        return False  # a constant is never blank
    return bool(item.types) or "enum" in item.keywords
