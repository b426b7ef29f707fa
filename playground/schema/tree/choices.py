"""Makes the nodes of enums, constants and booleans."""

from collections.abc import Iterable
from typing import Any

from playground.schema.reading.flattening import Flat
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop
from playground.schema.tree.nodes import Choice, Fixed, Node, Switch
from playground.schema.tree.options import ChoiceLayout, Option
from playground.schema.values import JSON, compact, is_same, key_of

from .context import Spot
from .hints import enum_labels, ratio_of
from .tokens import words_for_tokens

_MOST_SEGMENTS = 5
_LONGEST_SEGMENT = 24
_WIDEST_SEGMENTS = 60
_MOST_RATIOS = 12
_FORMATS = {name.lower(): name for name in (
    "JPG", "JPEG", "PNG", "WebP", "GIF", "AVIF", "TIFF", "SVG", "MP4", "WebM", "MP3", "WAV",
)}  # fmt: skip
_WORDS = {
    True: gettext_noop("Yes"),
    False: gettext_noop("No"),
    None: gettext_noop("No value"),
}


def label_of(value: JSON) -> str:
    """Return the label for an enum member that has none in the schema."""
    if value is None or isinstance(value, bool):
        return _(_WORDS[value])
    if value == "":
        return _("(blank)")
    return value if isinstance(value, str) else compact(value)


def make_options(members: Iterable[tuple[JSON, str, str]]) -> tuple[Option, ...]:
    """Make options of (value, label, help), without duplicates."""
    members = list(members)
    words = words_for_tokens([value for value, label, _ in members if not label])
    options = {
        key_of(value): Option(
            text=compact(value),
            label=label or _named(value, words) or label_of(value),
            token=value if isinstance(value, str) and not label and value in words else "",
            value=value,
            name=label,
            help=note,
            ratio=ratio_of(value),
        )
        for value, label, note in members
    }
    return tuple(options.values())


def tables(options: tuple[Option, ...]) -> dict[str, Any]:
    """Return the lookup tables of a choice, as node attributes."""
    return {
        "options": options,
        "by_text": {option.text: option for option in options},
        "by_key": {key_of(option.value): option for option in options},
    }


def _named(value: JSON, words: dict[str, str]) -> str:
    """Return the usual name of an enum member: a token in words, a file format by its name."""
    return (_FORMATS.get(value) or words.get(value, "")) if isinstance(value, str) else ""


def make_choice(options: tuple[Option, ...], about: dict[str, Any]) -> Choice:
    known = options
    if about["nullable"] and not any(option.value is None for option in options):
        known = (*options, *make_options([(None, "", "")]))
    # Null is an option only if "Not set" is not offered, or would mean the default.
    offers_null = about["required"] or about["null_choice"]
    shown = known if offers_null else tuple(each for each in known if each.value is not None)
    about = about | {"null_choice": False}
    return Choice(**about, **{**tables(known), "options": shown}, look=_look(shown))


def _look(options: tuple[Option, ...]) -> ChoiceLayout:
    ratios = [option.ratio[0] / option.ratio[1] for option in options if option.ratio]
    if len(set(ratios)) > 1 and len(ratios) >= len(options) - 2 and len(options) <= _MOST_RATIOS:
        return ChoiceLayout.RATIO
    if len(options) == 1:  # shown beside "Not set", whatever its length
        return ChoiceLayout.SEGMENTS
    labels = [option.label for option in options]
    short = max(map(len, labels), default=0) <= _LONGEST_SEGMENT
    if 0 < len(options) <= _MOST_SEGMENTS and short and sum(map(len, labels)) <= _WIDEST_SEGMENTS:
        return ChoiceLayout.SEGMENTS
    return ChoiceLayout.SELECT


def find_choice(flat: Flat, spot: Spot, about: dict[str, Any]) -> Node | None:
    """Make the node of an `enum` or `const`; return None for other schemas."""
    keywords = flat.keywords
    if "const" in keywords:
        value = keywords["const"]
        return make_closed([(value, "", "")], spot, about)
    members = keywords.get("enum")
    if not members:
        return None
    is_asked = about["required"] and not (about["nullable"] or about["read_only"])
    if is_same(members, [True]) and is_asked:
        return Switch(**about, must=True)
    labels = enum_labels(keywords, members)
    return make_closed(list(zip(members, labels, [""] * len(members), strict=True)), spot, about)


def only_member(flat: Flat) -> tuple[JSON, ...]:
    """Return (value,) of a `const` or an `enum` with one member; else ()."""
    if "const" in flat.keywords:
        return (flat.keywords["const"],)
    members = flat.keywords.get("enum") or ()
    return tuple(members) if len(members) == 1 else ()


def make_closed(members: list[tuple[JSON, str, str]], spot: Spot, about: dict[str, Any]) -> Node:
    """Make a choice of (value, label, help); a constant for only one."""
    options = make_options(members)
    is_known = about["read_only"] and "const" in about["schema"] and not spot.bare
    tells_branch = spot.branch and not spot.bare
    is_sent = bool(spot.required or tells_branch or about["default"] or is_known)
    has_answer = is_sent or about["read_only"]
    has_null = about["nullable"] and options[0].value is not None and not about["read_only"]
    if not has_answer and options[0].value is None:
        about = about | {"null_choice": True}  # null is the only option
    if len(options) > 1 or not has_answer or has_null:
        return make_choice(options, about)
    about = about | {"default": (), "null_choice": False}
    return Fixed(**about, value=options[0].value, emitted=is_sent)


def make_boolean(about: dict[str, Any]) -> Node:
    """Make a checkbox for a boolean that always has a value; else a choice with "Not set"."""
    if not about["nullable"] and (about["required"] or about["default"]):
        return Switch(**about)
    return make_choice(make_options([(True, "", ""), (False, "", "")]), about)
