"""Makes labels for the branches of a union, for schemas without titles."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from playground.schema.lists import list_any, list_plain
from playground.schema.names import spaced
from playground.schema.reading.flattening import Flat
from playground.schema.reading.localized_texts import translated
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop, ngettext, spell_count
from playground.schema.values import compact

from .choices import make_options
from .context import Compiler
from .guesses import upload_kind
from .hints import enum_labels
from .known_fields import words_of_name
from .scalars import limits_of

_TYPE_WORDS = {
    "string": gettext_noop("text"),
    "number": gettext_noop("number"),
    "integer": gettext_noop("whole number"),
    "boolean": gettext_noop("yes or no"),
    "object": gettext_noop("details"),
    "array": gettext_noop("list"),
    "null": gettext_noop("none"),
}
_FILE_WORDS = {
    "image": gettext_noop("picture"),
    "video": gettext_noop("video"),
    "audio": gettext_noop("audio file"),
    "file": gettext_noop("file"),
}
_FILE_LISTS = {
    "image": gettext_noop("list of pictures"),
    "video": gettext_noop("list of videos"),
    "audio": gettext_noop("list of audio files"),
    "file": gettext_noop("list of files"),
}
_LISTS = {
    "string": gettext_noop("list of texts"),
    "number": gettext_noop("list of numbers"),
    "integer": gettext_noop("list of whole numbers"),
}
_FORMAT_WORDS = {
    **dict.fromkeys(("uri", "url", "iri"), gettext_noop("web address")),
    "email": gettext_noop("email address"),
    "date": gettext_noop("date"),
    "date-time": gettext_noop("date and time"),
    "time": gettext_noop("time"),
    "uuid": gettext_noop("UUID"),
}
_FEW = 3  # names in a label
_LONGEST = 48


def labels(shapes: list[Flat], compiler: Compiler, flat: Flat, name: str) -> list[str]:
    """Return a label for each branch: its title, its distinguishing property, or its content.

    name  name of the property that is the union
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
        again_label = _("%(label)s (%(number)s)") % {"label": label, "number": seen[label]}
        unique.append(label if seen[label] == 1 else again_label)
    return unique


def _shared_names(shapes: list[Flat]) -> set[str]:
    """Return the properties that all object branches have, which do not distinguish them."""
    names = [set(shape.keywords.get("properties", {})) for shape in shapes if _is_object(shape)]
    return set.intersection(*names) if len(names) > 1 else set()


def _is_object(shape: Flat) -> bool:
    return shape.types == ("object",)


def _with_more(label: str, shape: Flat, alike: list[Flat], words: "_Words") -> str:
    """Extend a label by what distinguishes its branch from those with the same label."""
    if all(map(_is_object, alike)):
        return _with_kinds(label, shape, alike, words)
    keywords = shape.keywords
    if shape.types in {("number",), ("integer",)}:
        return limits_of(keywords, integer=shape.types == ("integer",)).name(label)
    if shape.types == ("string",) and "maxLength" in keywords:
        return _counted(_most_characters, label, keywords["maxLength"])
    if shape.types == ("string",) and "minLength" in keywords:
        return _counted(_least_characters, label, keywords["minLength"])
    if shape.types == ("array",):
        return _with_counts(label, keywords.get("minItems"), keywords.get("maxItems"))
    return label


def _with_counts(label: str, least: int | None, most: int | None) -> str:
    """Extend the label of a list by its number of items."""
    if most is None:
        return label if least is None else _counted(_least_items, label, least)
    if least is None or least == most:
        return _counted(_most_items if least is None else _exact_items, label, most)
    words = {"label": label, "low": spell_count(int(least)), "high": spell_count(int(most))}
    return _("%(label)s, %(low)s to %(high)s items") % words


def _counted(message: Callable[[int], str], label: str, count: float) -> str:
    return message(int(count)) % {"label": label, "count": spell_count(int(count))}


def _most_characters(count: int) -> str:
    return ngettext(
        "%(label)s, at most %(count)s character", "%(label)s, at most %(count)s characters", count
    )


def _least_characters(count: int) -> str:
    return ngettext(
        "%(label)s, at least %(count)s character",
        "%(label)s, at least %(count)s characters",
        count,
    )


def _most_items(count: int) -> str:
    return ngettext(
        "%(label)s, at most %(count)s item", "%(label)s, at most %(count)s items", count
    )


def _least_items(count: int) -> str:
    return ngettext(
        "%(label)s, at least %(count)s item", "%(label)s, at least %(count)s items", count
    )


def _exact_items(count: int) -> str:
    return ngettext("%(label)s, %(count)s item", "%(label)s, %(count)s items", count)


def _with_kinds(label: str, shape: Flat, alike: list[Flat], words: "_Words") -> str:
    """Extend a label by the type of the first property whose type differs between branches."""
    for name, schema in shape.keywords.get("properties", {}).items():
        others = [each.keywords.get("properties", {}).get(name, True) for each in alike]
        kinds = {words.of(words.compiler.flatten(each)) for each in others}
        if len(kinds) == len(alike):
            words_of_part = words.of(words.compiler.flatten(schema))
            return _("%(name)s: %(kind)s") % {"name": words_of_name(name), "kind": words_of_part}
    return label


def _label(shape: Flat, words: "_Words", discriminator: dict[str, Any], outer: Any) -> str:
    """Return the label of one branch.

    discriminator  OpenAPI's Discriminator Object
    """
    title, marker = shape.keywords.get("title"), discriminator.get("propertyName")
    if own := translated(shape.keywords, "title"):
        return str(own)
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
    """Describes the content of a schema: "text", "list of numbers", "width, height"."""

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
            return _(_FILE_WORDS.get(kind, word))
        return _(_TYPE_WORDS[shape.types[0]]) if len(shape.types) == 1 else _("anything")

    def of_list(self, shape: Flat) -> str:
        items = shape.keywords.get("items", True)
        inner = self.compiler.flatten(items)
        if inner.types == ("string",) and (kind := upload_kind(self.name, inner.keywords)):
            return _(_FILE_LISTS[kind])
        word = _LISTS.get(inner.types[0]) if len(inner.types) == 1 else None
        return _(word or _TYPE_WORDS["array"])

    def of_object(self, keywords: dict[str, Any]) -> str:
        """List the properties that other branches do not have, required ones first."""
        properties, needed = keywords.get("properties", {}), keywords.get("required", ())
        own = [name for name in properties if name not in self.shared] or list(properties)
        own = [name for name in own if name in needed] or own
        names = [words_of_name(name) for name in own]
        shown = list_plain(names[:_FEW])
        return (f"{shown}…" if len(names) > _FEW else shown) or _(_TYPE_WORDS["object"])

    def of_all(self, shape: Flat) -> str:
        """Describe a nested union by its branches, without constants."""
        inner = [self.compiler.flatten(branch) for branch in shape.alternatives[0].branches]
        free = [each for each in inner if not {"enum", "const"} & set(each.keywords)]
        words = dict.fromkeys(self.of(each, deep=False) for each in free or inner)
        return list_any([*words][:_FEW])


def _list_of(members: list[str]) -> str:
    """Join descriptions as a list, only the first ones if there are many."""
    if len(members) <= _FEW:
        return list_any(members)
    shown = f"{list_plain(members[:_FEW])}…"
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
