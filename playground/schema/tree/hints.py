"""Reads the drawing hints of a schema: `x-playground`, orders and labels of other tools."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from playground.schema.names import spaced
from playground.schema.reading.localized_texts import key_of_label, shown, translated
from playground.schema.values import JSON, compact, is_clean

from .guesses import folded_names, leads, reference_names
from .known_fields import folded as _folded
from .known_fields import known_title

_CLASS = re.compile(r"(?:[A-Z]+[a-z0-9]+){2,}[A-Z]*")
_CLASS_ENDINGS = {"config", "configuration", "settings", "options", "params", "parameters", "input",
                  "inputs", "data", "request", "type", "enum", "mode"}  # fmt: skip
_LONG_CLASS = 3  # words of a class name; with two it may be a brand, like "ControlNet"
_SNAKE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_RATIO = re.compile(r"\s*(\d{1,5}(?:\.\d{1,4})?)\s*[:x×]\s*(\d{1,5}(?:\.\d{1,4})?)\s*", re.ASCII)
_CAPITALISED = re.compile(r"(?<!\S)[A-Z](?=[a-z]*(?!\S))")
_MOST_ROWS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The supported `x-playground` keys; unknown ones are ignored.

    unit         unit of a number: "seconds"
    placeholder  placeholder of a text or number control; by default an example
    groups       (title, names) of properties that are drawn under a heading
    """

    widget: str = ""
    rows: int = 0
    accept: str = ""
    multiple: bool = False
    upload_kind: str = ""
    advanced: bool = False
    unit: str = ""
    placeholder: str = ""
    order: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_hints(keywords: dict[str, Any]) -> Hints:
    """Read the hints of a schema; values of the wrong type are ignored."""
    given = keywords.get("x-playground")
    if not isinstance(given, dict):
        return Hints(widget=_foreign_widget(keywords))
    rows = given.get("rows")
    groups = given.get("groups")
    titles = translated(keywords, "groups") or []
    return Hints(
        widget=_text(given, "widget") or _foreign_widget(keywords),
        rows=min(rows, _MOST_ROWS) if isinstance(rows, int) and rows > 0 else 0,
        accept=_text(given, "accept"),
        multiple=given.get("multiple") is True,
        upload_kind=_text(given, "uploadKind"),
        advanced=given.get("advanced") is True,
        unit=translated(keywords, "unit") or _text(given, "unit"),
        placeholder=translated(keywords, "placeholder") or _text(given, "placeholder"),
        order=_names(given.get("order")),
        groups=tuple(
            (title or _text(group, "title"), _names(group.get("fields")))
            for group, title in zip_longest(groups if isinstance(groups, list) else (), titles)
            if isinstance(group, dict)
        ),
    )


def _foreign_widget(keywords: dict[str, Any]) -> str:
    """Return the widget requested by another tool's keys, or ""."""
    builder = keywords.get("x-imgly-builder")
    component = builder.get("component") if isinstance(builder, dict) else None
    return "textarea" if component == "TextArea" else ""


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _names(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def title_of(keywords: dict[str, Any], name: str) -> str:
    """Return the title, translated if possible.

    Without a title, or if it is only the name run together, it is the usual title of a known field,
    else the words of the name.
    """
    if own := translated(keywords, "title"):
        return str(own).strip()
    title = _text(keywords, "title").strip()
    if usual := known_title(name, title):
        return usual
    words = spaced(name)
    if not title or (_folded(title) == _folded(name) and len(words.split()) > len(title.split())):
        return words or name
    if _SNAKE.fullmatch(title):
        return spaced(title)
    return (words or spaced(title)) if _names_class(title) else title


def _names_class(title: str) -> bool:
    """Return whether a title is a class name: "ImageClassificationInput"."""
    if not _CLASS.fullmatch(title):
        return False
    words = spaced(title).split()
    return len(words) >= _LONG_CLASS or words[-1] in _CLASS_ENDINGS


def capital(text: str) -> str:
    """Capitalise the first letter of a title."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Return a title for use inside a sentence; names like "LoRA" or "URL" are unchanged."""
    return _CAPITALISED.sub(lambda found: found[0].lower(), text)


def example_of(keywords: dict[str, Any]) -> str:
    """Return the example to use as placeholder, or ""."""
    if placeholder := read_hints(keywords).placeholder:
        return placeholder if is_clean(placeholder) else ""
    examples = shown(keywords, "examples")
    for example in [*(examples if isinstance(examples, list) else ()), keywords.get("example")]:
        text = example if isinstance(example, str) else ""
        if isinstance(example, int | float) and not isinstance(example, bool):
            text = compact(example)
        if text and len(text) <= 80 and "\n" not in text and is_clean(text):  # noqa: PLR2004 - a line
            return text
    return ""


def ratio_of(value: JSON) -> tuple[float, float] | None:
    """Return (width, height) of an aspect ratio like "16:9", or None."""
    found = _RATIO.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    width, height = float(found.group(1)), float(found.group(2))
    return (width, height) if width and height else None


def enum_labels(keywords: dict[str, Any], members: list[JSON]) -> list[str]:
    """Return the labels of an enum's members; "" for none."""
    own = translated(keywords, "enumLabels") or {}
    base = _base_labels(keywords, members)
    return [own.get(key_of_label(m), label) for m, label in zip(members, base, strict=True)]


def _base_labels(keywords: dict[str, Any], members: list[JSON]) -> list[str]:
    labels = keywords.get("enumNames")
    if isinstance(labels, list):
        texts = [label if isinstance(label, str) else "" for label in labels]
        return [*texts, *[""] * len(members)][: len(members)]
    for name, labels in keywords.items():
        if name.startswith("x-") and name.endswith("enum-labels") and isinstance(labels, dict):
            return [_text(labels, key_of_label(each)) for each in members]
    return [""] * len(members)


def ordered(
    names: Iterable[str], required: Iterable[str], keywords: dict[str, Any], hints: Hints
) -> list[str]:
    """Return the names of an object's properties in the order of the form.

    The order in the `x-playground` hints has precedence. Without one: the prompt, its media files,
    the order in another tool's keys, required properties, the rest.
    """
    names, needed = list(names), set(required)
    properties = keywords.get("properties", {})
    fal = keywords.get("x-fal-order-properties")
    explicit: dict[str, float] = {
        name: n for n, name in reversed([*enumerate(hints.order or _names(fal))])
    }
    for name in () if explicit else names:
        order = properties[name].get("x-order") if isinstance(properties[name], dict) else None
        if isinstance(order, int | float):
            explicit[name] = order
    last = max(explicit.values(), default=0) + 1

    pictures = references(properties, needed, hints)

    def rank(name: str) -> tuple[bool, bool, float, bool]:
        is_needed = name in needed
        is_first = not hints.order and leads(name, properties[name], required=is_needed)
        return (not is_first, name not in pictures, explicit.get(name, last), not is_needed)

    return sorted(names, key=rank)


def references(
    properties: dict[str, Any], required: Iterable[str], hints: Hints
) -> tuple[str, ...]:
    """Return the files that are drawn below the prompt, even if the schema marks them as advanced.

    A schema with an order in its hints has none: its order is used.
    """
    return () if hints.order else reference_names(properties, required)


def folded(properties: dict[str, Any], required: Iterable[str], hints: Hints) -> frozenset[str]:
    """Return the names of the advanced properties, from the hints or guessed."""
    own = {name: _own_hints(schema) for name, schema in properties.items()}
    says = {name for name, each in own.items() if isinstance(each.get("advanced"), bool)}
    if hints.order or hints.groups or says:
        return frozenset(name for name in says if own[name]["advanced"])
    return folded_names(properties, required)


def _own_hints(schema: Any) -> dict[str, Any]:
    given = schema.get("x-playground") if isinstance(schema, dict) else None
    return given if isinstance(given, dict) else {}
