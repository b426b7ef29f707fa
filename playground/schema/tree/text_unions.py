"""Merges unions whose branches are plain strings or files into one control."""

import re
from dataclasses import replace

from playground.schema.reading.flattening import Flat
from playground.schema.values import ABSENT, is_same

from .context import Compiler
from .guesses import upload_kind

_OF_ADDRESSES = re.compile(r"data:|https?|base64", re.IGNORECASE)  # in a pattern for URLs or base64


def is_null(shape: Flat) -> bool:
    keywords = shape.keywords
    only = keywords.get("enum") == [None] or keywords.get("const", 0) is None
    return shape.types == ("null",) or only


def is_offered(shape: Flat) -> bool:
    """Return whether a branch can be chosen: it is not null and accepts a value."""
    return not is_null(shape) and not shape.impossible


def is_text_like(name: str, flat: Flat, shape: Flat) -> bool:
    """Return whether a branch is a plain string or a file, which share one control."""
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
    """Merge a union of only plain strings or files into one string schema.

    Return None if it has no branches, or others.
    """
    if len(flat.alternatives) != 1:
        return None
    branches = map(compiler.flatten, flat.alternatives[0].branches)
    shapes = [shape for shape in branches if is_offered(shape)]
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
