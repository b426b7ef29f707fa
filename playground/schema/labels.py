"""Words for the shapes of a union: what each is called when the schema does not say it."""

from typing import TYPE_CHECKING, Any

from .choices import label_of
from .flat import Flat
from .hints import spaced
from .values import compact

if TYPE_CHECKING:
    from .compile import Compiler

_TYPE_WORDS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "object": "details",
    "array": "list",
    "null": "none",
}
_FEW = 3  # names are listed


def labels(shapes: list[Flat], compiler: "Compiler", flat: Flat) -> list[str]:
    """Return a word for each branch: its title, what tells it apart, else what it holds."""
    discriminator = flat.keywords.get("discriminator")
    tells = discriminator if isinstance(discriminator, dict) else {}
    outer = flat.keywords.get("title")
    found = [_label(shape, compiler, tells, outer) for shape in shapes]
    seen: dict[str, int] = {}
    unique = []
    for label in found:
        seen[label] = seen.get(label, 0) + 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return unique


def _label(shape: Flat, compiler: "Compiler", tells: dict[str, Any], outer: Any) -> str:
    """Return one branch's word.

    tells  OpenAPI's `discriminator`: the property that tells branches apart, and its values
    """
    title, tell = shape.keywords.get("title"), tells.get("propertyName")
    if isinstance(title, str) and title and title != outer:
        return spaced(title) if title in shape.type_names else title
    properties = shape.keywords.get("properties", {})
    for name in [tell] if tell in properties else properties:
        keywords = compiler.flatten(properties[name]).keywords
        members = [keywords["const"]] if "const" in keywords else keywords.get("enum", [])
        if len(members) == 1:
            return members[0] if isinstance(members[0], str) else compact(members[0])
    mapping = tells.get("mapping")
    named = mapping.items() if isinstance(mapping, dict) else ()
    words = [value for value, ref in named if ref in shape.refs]
    return words[0] if words else words_for(shape, compiler)


def words_for(shape: Flat, compiler: "Compiler", *, deep: bool = True) -> str:
    """Return what a shape holds, in words: "text", "list of numbers", "width, height"."""
    types = shape.types
    members = [shape.keywords["const"]] if "const" in shape.keywords else shape.keywords.get("enum")
    if members:
        return " or ".join(map(label_of, members)) if len(members) <= _FEW else "one of a list"
    if shape.alternatives and deep:
        return _words_for_all(shape, compiler)
    if types == ("array",):
        inner = compiler.flatten(shape.keywords.get("items", True))
        word = {"string": "texts", "number": "numbers", "integer": "whole numbers"}
        kind = word.get(inner.types[0]) if len(inner.types) == 1 else None
        return f"list of {kind}" if kind else "list"
    if types == ("object",):
        names = [name.replace("_", " ") for name in shape.keywords.get("properties", {})]
        return ", ".join(names[:_FEW]) + ("…" if len(names) > _FEW else "") or "details"
    if len(types) == 1:
        return _TYPE_WORDS[types[0]]
    return "anything"


def _words_for_all(shape: Flat, compiler: "Compiler") -> str:
    """Return words for what is itself one of several shapes: those that leave something open."""
    inner = [compiler.flatten(branch) for branch in shape.alternatives[0].branches]
    free = [each for each in inner if not {"enum", "const"} & set(each.keywords)]
    words = dict.fromkeys(words_for(each, compiler, deep=False) for each in free or inner)
    return " or ".join([*words][:_FEW])
