"""What a schema says about drawing: `x-playground`, orders, labels, and what names give away."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .values import JSON, compact, is_clean

_PROMPTS = re.compile(r"(?:^|_)(?:prompt|lyrics|instructions?)(?:_\d+)?$", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+")
_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z](?=[a-z])")
_ADDRESSES = {"url", "urls", "uri", "uris"}
_UPLOAD_FORMATS = {"uri", "url", "iri"}
_FILE_FORMATS = {"binary", "data-url"}
_KINDS = {"image": "image", "img": "image", "mask": "image", "photo": "image", "picture": "image",
          "video": "video", "audio": "audio", "file": "file"}  # fmt: skip
_RATIO = re.compile(r"\s*(\d{1,5}(?:\.\d{1,4})?)\s*[:x×]\s*(\d{1,5}(?:\.\d{1,4})?)\s*", re.ASCII)
_MOST_ROWS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The `x-playground` keys that are understood; anything else falls back to the plain control.

    unit    what a number counts: "seconds"
    groups  (title, names) of parts that stand under a heading of their own
    """

    widget: str = ""
    rows: int = 0
    accept: str = ""
    multiple: bool = False
    upload_kind: str = ""
    advanced: bool = False
    unit: str = ""
    order: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_hints(keywords: dict[str, Any]) -> Hints:
    """Read the hints of a schema; whatever has the wrong shape is not there."""
    given = keywords.get("x-playground")
    if not isinstance(given, dict):
        return Hints(widget=_foreign_widget(keywords))
    rows = given.get("rows")
    groups = given.get("groups")
    return Hints(
        widget=_text(given, "widget") or _foreign_widget(keywords),
        rows=min(rows, _MOST_ROWS) if isinstance(rows, int) and rows > 0 else 0,
        accept=_text(given, "accept"),
        multiple=given.get("multiple") is True,
        upload_kind=_text(given, "uploadKind"),
        advanced=given.get("advanced") is True,
        unit=_text(given, "unit"),
        order=_names(given.get("order")),
        groups=tuple(
            (_text(group, "title"), _names(group.get("fields")))
            for group in (groups if isinstance(groups, list) else ())
            if isinstance(group, dict)
        ),
    )


def _foreign_widget(keywords: dict[str, Any]) -> str:
    """Return the widget that other tools' keys ask for."""
    builder = keywords.get("x-imgly-builder")
    component = builder.get("component") if isinstance(builder, dict) else None
    return "textarea" if component == "TextArea" else ""


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _names(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def title_of(keywords: dict[str, Any], name: str) -> str:
    return _text(keywords, "title").strip() or spaced(name) or name


def spaced(name: str) -> str:
    """Return the words of a name: "max_images" and "maxImages" are both "max images"."""
    return _HUMP.sub(lambda hump: f" {hump.group().lower()}", name.replace("_", " ")).strip()


def help_of(keywords: dict[str, Any]) -> str:
    return "\n".join(line.strip() for line in _text(keywords, "description").strip().splitlines())


def example_of(keywords: dict[str, Any]) -> str:
    """Return a short example, for the placeholder."""
    examples = keywords.get("examples")
    for example in [*(examples if isinstance(examples, list) else ()), keywords.get("example")]:
        text = example if isinstance(example, str) else ""
        if isinstance(example, int | float) and not isinstance(example, bool):
            text = compact(example)
        if text and len(text) <= 80 and "\n" not in text and is_clean(text):  # noqa: PLR2004 - a line
            return text
    return ""


def is_prompt(name: str) -> bool:
    """Tell whether a name promises more than one line of text."""
    return bool(_PROMPTS.search(name))


def upload_kind(name: str, keywords: dict[str, Any], around: str = "") -> str:
    """Return "image", "video", "audio" or "file" where a string promises a file's address, or "".

    around  name of what holds it, which says more than a mere "url"
    """
    words = _words_of(name)
    kind = _kind_of(_words_of(around) if set(words) <= _ADDRESSES else words)
    media, form = _text(keywords, "contentMediaType"), _text(keywords, "format")
    if media and "contentEncoding" not in keywords:  # which would ask for the bytes themselves
        family = media.partition("/")[0]
        return family if family in _KINDS else "" if family == "text" else "file"
    if form in _FILE_FORMATS:
        return kind or "file"
    return kind if form in _UPLOAD_FORMATS or _ADDRESSES & set(words) else ""


def is_file_address(name: str, keywords: dict[str, Any], around: str = "") -> bool:
    """Tell whether a string is the web address of a file, whatever control is drawn for it.

    around  name of what holds it, which says more than a mere "url" or no name at all
    """
    words = _words_of(name)
    if set(words) <= _ADDRESSES:
        words += _words_of(around)
    says_address = _text(keywords, "format") in _UPLOAD_FORMATS or _ADDRESSES & set(words)
    return bool(says_address and _kind_of(words))


def _words_of(name: str) -> list[str]:
    """Return the words of a name like "start_image_urls" or "startImageURLs"."""
    return [word.lower() for word in _WORD.findall(name)]


def _kind_of(words: list[str]) -> str:
    kinds = [_KINDS[word.removesuffix("s")] for word in words if word.removesuffix("s") in _KINDS]
    return kinds[-1] if kinds else ""


def ratio_of(value: JSON) -> tuple[float, float] | None:
    """Return width and height, where a value names a shape like "16:9"."""
    found = _RATIO.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    width, height = float(found.group(1)), float(found.group(2))
    return (width, height) if width and height else None


def enum_labels(keywords: dict[str, Any], members: list[JSON]) -> list[str]:
    """Return the labels of an enum's members, "" where the schema has none."""
    labels = keywords.get("enumNames")
    if isinstance(labels, list):
        texts = [label if isinstance(label, str) else "" for label in labels]
        return [*texts, *[""] * len(members)][: len(members)]
    for name, labels in keywords.items():
        if name.startswith("x-") and name.endswith("enum-labels") and isinstance(labels, dict):
            keys = [each if isinstance(each, str) else compact(each) for each in members]
            return [_text(labels, key) for key in keys]
    return [""] * len(members)


def ordered(
    names: Iterable[str], required: Iterable[str], keywords: dict[str, Any], hints: Hints
) -> list[str]:
    """Return the names of an object's properties in the order in which people meet them.

    An order that the author wrote down counts first; without one, what is required comes first.
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
    return sorted(names, key=lambda name: (explicit.get(name, last), name not in needed))
