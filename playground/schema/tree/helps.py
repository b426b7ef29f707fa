"""Makes help texts: descriptions without what the label and the control show already."""

import re
from collections.abc import Iterable
from typing import Any

from playground.schema.reading.localized_texts import translated
from playground.schema.translation import gettext as _
from playground.schema.values import JSON, compact

from .known_fields import find_known

_WORD = re.compile(r"\w+")
# Words that add nothing to a title: "The prompt to use", "Input image".
_FILLERS = {"a", "an", "the", "this", "your", "its", "of", "to", "for", "is", "be", "that", "which",
            "what", "will", "use", "used", "using", "input", "specify", "specifies", "specified",
            "provide", "provided", "enter", "set", "sets", "generate", "generated"}  # fmt: skip
_OF_RESULT = re.compile(
    r"\b(?:of|for) (?:the |each )?(?:generated|output|resulting) "
    r"(?:image|picture|video|audio|music|speech|file)s?\b",
    re.IGNORECASE,
)
_END_OF_NEED = r"[)\]]?(?:\s*[.:;,–—]\s*|\s+-\s+|(?<=[)\]])\s*)"
_NEED = {
    False: re.compile(r"[(\[]?optional" + _END_OF_NEED, re.IGNORECASE),
    True: re.compile(r"[(\[]?required" + _END_OF_NEED, re.IGNORECASE),
}
_QUOTED = "[`\"'“”‘’]*"
_MEMBERS = re.compile(
    r"(?:^|(?<=[.!?;:)])\s+|\n)(?:(?:must be |can be |choose )?(?:one|any) of|"
    r"(?:the )?(?:supported|possible|allowed|available|valid|accepted) "
    r"(?:value|option|choice)s?(?: are| include)?)(?: the following)?:?\s+"
    r"([^.\n]+?)\.?(?=\s*$|\s+(?-i:[A-Z]))",
    re.IGNORECASE,
)  # fmt: skip
_BETWEEN = re.compile(r"[\s,;|/]+(?:or|and)?[\s,]*|\b(?:or|and)\b")
_LONGEST = 4000  # characters; a longer description is not shortened


def help_of(
    keywords: dict[str, Any],
    titles: Iterable[str],
    *,
    required: bool,
    default: tuple[()] | tuple[JSON],
) -> str:
    """Return the description without a repeated title, "required", options and default.

    titles   titles of the field, in the form and in the schema
    default  (value,) if the control shows it
    """
    text = translated(keywords, "description") or keywords.get("description")
    text = text.strip() if isinstance(text, str) else ""
    if len(text) <= _LONGEST:
        text = _without_need(text, required=required)
        text = _without_members(text, keywords.get("enum", ()))
        text = _without_default(text, default[0]) if default else text
        if any(_adds_nothing(text, title) for title in titles):
            return ""
    return "\n".join(line.strip() for line in text.splitlines())


def known_help(name: str, keywords: dict[str, Any], types: tuple[str, ...]) -> str:
    """Return the help of a known field; "" if the schema has a description or is no scalar."""
    known = find_known(name)
    is_plain = bool(types) and set(types) <= {"string", "number", "integer", "null"}
    if known is None or not known.help or not is_plain or "description" in keywords:
        return ""
    return _(known.help)


def _adds_nothing(text: str, title: str) -> bool:
    """Return whether a description only repeats the title."""
    words = _words(_OF_RESULT.sub("", text)) - _FILLERS
    return words <= _words(title) if words else text.rstrip(".").casefold() == title.casefold()


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.replace("_", " ").casefold()))


def _without_need(text: str, *, required: bool) -> str:
    """Remove a leading "Required." or "Optional.", which the label shows."""
    found = _NEED[required].match(text)
    rest = text[found.end() :] if found else ""
    return rest[:1].upper() + rest[1:] if rest else text


def _without_default(text: str, default: JSON) -> str:
    """Remove a sentence or parenthesis that only states the default."""
    if isinstance(default, list | dict):
        return text
    value = rf"{_QUOTED}(?:{'|'.join(_spellings(default))}){_QUOTED}"
    says = rf"(?:the )?defaults?(?: value)?(?:\s*(?:is|to|[:=]))?\s+{value}"
    text = re.sub(rf"\s*[(\[]{says}[)\]]", "", text, flags=re.IGNORECASE)
    alone = rf"(?:^|(?<=[.!?;)])\s+|\n|\s+(?=default value:)){says}\s*(?:\.|$)(?=\s|$)"
    return re.sub(alone, "", text, flags=re.IGNORECASE).strip()


def _spellings(value: JSON) -> Iterable[str]:
    """Yield patterns for the ways in which a description may write a value."""
    texts = {compact(value), str(value)}
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        texts |= {str(int(value)), f"{int(value)}.0"}
    return sorted((re.escape(text) for text in texts if text), key=len, reverse=True) or [r"(?!)"]


def _without_members(text: str, members: Any) -> str:
    """Remove a sentence that only lists the options."""
    known = {str(each).casefold() for each in members} if isinstance(members, list) else set()

    def keep(found: re.Match[str]) -> str:
        parts = [part.strip("`\"'“”‘’[]() ").casefold() for part in _BETWEEN.split(found[1])]
        listed = {part for part in parts if part}
        return "" if listed and listed <= known else found[0]

    return _MEMBERS.sub(keep, text).strip() if known else text
