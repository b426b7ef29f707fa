"""Labels for the branches of a union, if the schema has none."""

from collections import Counter
from typing import Any

from playground.schema.names import spaced
from playground.schema.reading.flattening import Flat
from playground.schema.values import compact

from .choices import make_options
from .context import Compiler
from .guesses import upload_kind
from .hints import enum_labels
from .scalars import limits_of

_TYPE_WORDS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "object": "details",
    "array": "list",
    "null": "none",
}
_FILE_WORDS = {"image": "picture", "video": "video", "audio": "sound", "file": "file"}
_LIST_WORDS = {"string": "texts", "number": "numbers", "integer": "whole numbers"}
_FORMAT_WORDS = {"uri": "web address", "url": "web address", "iri": "web address",
                 "email": "e-mail address", "date": "date", "date-time": "date and time",
                 "time": "time", "uuid": "UUID"}  # fmt: skip
_FEW = 3  # names are listed
_LONGEST = 48


def labels(shapes: list[Flat], compiler: Compiler, flat: Flat, name: str) -> list[str]:
    """Return a word for each branch: its title, what distinguishes it, else its content.

    name  of the value that has one of these shapes
    """
    stated = flat.keywords.get("discriminator")
    discriminator = stated if isinstance(stated, dict) else {}
    words = _Words(compiler, name, _shared_names(shapes))
    outer = flat.keywords.get("title")
    found = [_label(shape, words, discriminator, outer) for shape in shapes]
    again = Counter(found)
    alike = {label: [s for s, one in zip(shapes, found, strict=True) if one == label]
             for label in again}  # fmt: skip
    found = [
        _with_more(label, shape, alike[label], words) if again[label] > 1 else label
        for label, shape in zip(found, shapes, strict=True)
    ]
    seen: Counter[str] = Counter()
    unique = []
    for label in found:
        seen[label] += 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return unique


def _shared_names(shapes: list[Flat]) -> set[str]:
    """Return the names that each branch that is an object has: they distinguish nothing."""
    names = [set(shape.keywords.get("properties", {})) for shape in shapes if _is_object(shape)]
    return set.intersection(*names) if len(names) > 1 else set()


def _is_object(shape: Flat) -> bool:
    return shape.types == ("object",)


def _with_more(label: str, shape: Flat, alike: list[Flat], words: "_Words") -> str:
    """Return a label with what else tells its branch apart from those of the same label."""
    if all(map(_is_object, alike)):
        return _with_kinds(label, shape, alike, words)
    keywords = shape.keywords
    limits = ""
    if shape.types in {("number",), ("integer",)}:
        limits = limits_of(keywords, integer=shape.types == ("integer",))
    elif shape.types == ("string",) and "maxLength" in keywords:
        limits = f"at most {int(keywords['maxLength']):,} characters"
    elif shape.types == ("string",) and "minLength" in keywords:
        limits = f"at least {int(keywords['minLength']):,} characters"
    elif shape.types == ("array",):
        least, most = keywords.get("minItems"), keywords.get("maxItems")
        counts = {f"at least {least}": least, f"at most {most}": most}
        parts = [words for words, count in counts.items() if count is not None]
        limits = f"{least} entries" if least == most is not None else " and ".join(parts)
    return f"{label}, {limits}" if limits else label


def _with_kinds(label: str, shape: Flat, alike: list[Flat], words: "_Words") -> str:
    """Return a label with what the first part holds that holds something else elsewhere."""
    for name, schema in shape.keywords.get("properties", {}).items():
        others = [each.keywords.get("properties", {}).get(name, True) for each in alike]
        kinds = {words.of(words.compiler.flatten(each)) for each in others}
        if len(kinds) == len(alike):
            return f"{spaced(name)}: {words.of(words.compiler.flatten(schema))}"
    return label


def _label(shape: Flat, words: "_Words", discriminator: dict[str, Any], outer: Any) -> str:
    """Return the label of one branch.

    discriminator  OpenAPI's: the property that distinguishes the branches, and its values
    """
    title, marker = shape.keywords.get("title"), discriminator.get("propertyName")
    if isinstance(title, str) and title and title != outer:
        return spaced(title) if title in shape.type_names else title
    properties = shape.keywords.get("properties", {})
    for name in [marker] if marker in properties else properties:
        keywords = words.compiler.flatten(properties[name]).keywords
        members = [keywords["const"]] if "const" in keywords else keywords.get("enum", [])
        if len(members) == 1:
            return members[0] if isinstance(members[0], str) else compact(members[0])
    mapping = discriminator.get("mapping")
    named = mapping.items() if isinstance(mapping, dict) else ()
    known = [value for value, ref in named if ref in shape.refs]
    return known[0] if known else words.of(shape)


class _Words:
    """Finds words for what a shape holds: "text", "list of numbers", "width, height"."""

    def __init__(self, compiler: Compiler, name: str, shared: set[str]) -> None:
        self.compiler = compiler
        self.name = name
        self.shared = shared

    def of(self, shape: Flat, *, deep: bool = True) -> str:
        keywords = shape.keywords
        members = [keywords["const"]] if "const" in keywords else keywords.get("enum")
        if members:
            parts = zip(members, enum_labels(keywords, members), strict=True)
            options = make_options((member, label, "") for member, label in parts)
            return _list_of([option.label for option in options])
        if shape.alternatives and deep:
            return self.of_all(shape)
        if shape.types == ("array",):
            return self.of_list(shape)
        if _is_object(shape):
            return self.of_object(keywords)
        if shape.types == ("string",):
            kind = upload_kind(self.name, keywords)
            word = _FORMAT_WORDS.get(keywords.get("format", ""), _TYPE_WORDS["string"])
            return _FILE_WORDS.get(kind, word)
        return _TYPE_WORDS[shape.types[0]] if len(shape.types) == 1 else "anything"

    def of_list(self, shape: Flat) -> str:
        items = shape.keywords.get("items", True)
        inner = self.compiler.flatten(items)
        if inner.types == ("string",) and (kind := upload_kind(self.name, inner.keywords)):
            return f"list of {_FILE_WORDS[kind]}s"
        word = _LIST_WORDS.get(inner.types[0]) if len(inner.types) == 1 else None
        return f"list of {word}" if word else "list"

    def of_object(self, keywords: dict[str, Any]) -> str:
        """Name the parts that other branches lack, those first that must be there."""
        properties, needed = keywords.get("properties", {}), keywords.get("required", ())
        own = [name for name in properties if name not in self.shared] or list(properties)
        own = [name for name in own if name in needed] or own
        names = [spaced(name) for name in own]
        return ", ".join(names[:_FEW]) + ("…" if len(names) > _FEW else "") or "details"

    def of_all(self, shape: Flat) -> str:
        """Name what is itself one of several shapes by those that leave something open."""
        inner = [self.compiler.flatten(branch) for branch in shape.alternatives[0].branches]
        free = [each for each in inner if not {"enum", "const"} & set(each.keywords)]
        words = dict.fromkeys(self.of(each, deep=False) for each in free or inner)
        return " or ".join([*words][:_FEW])


def _list_of(members: list[str]) -> str:
    """Return the members of a list as words, the first of them where there are many."""
    if len(members) <= _FEW:
        return " or ".join(members)
    shown = f"{', '.join(members[:_FEW])}…"
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
