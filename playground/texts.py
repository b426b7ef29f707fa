"""Texts that are stored as a name with values, and translated when they are displayed.

    DELETED = kept("key_deleted", "The API key %(key)s was deleted here.")
    raise KeyGoneError(DELETED(key=key))

`str()` of a text is in the active language, `write` serialises it for a column, and `say` formats
that. The name is stored, so it must never change; the English words may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext

type Words = str | Promise | Text

KNOWN: dict[str, "Text"] = {}


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people.

    name     stored name
    english  the msgid, with placeholders as `%(name)s`
    values   texts and numbers for the placeholders
    """

    do_not_call_in_templates: ClassVar[bool] = True  # Django would call it, without values

    name: str
    english: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, **values: Any) -> "Text":
        return replace(self, values=values)

    def __str__(self) -> str:
        return fill(gettext(self.english), self.values) or self.in_english

    @property
    def in_english(self) -> str:
        """The English sentence, for logs and for columns that earlier versions read."""
        return fill(self.english, self.values)


def kept(name: str, english: str) -> Text:
    """Declare a text that can be stored; `make messages` extracts it."""
    if name in KNOWN:
        raise ValueError(f"there is a text {name} already")
    KNOWN[name] = Text(name, english)
    return KNOWN[name]


def fill(words: str, values: Mapping[str, Any]) -> str:
    """Fill placeholders; return "" if the values do not match."""
    try:
        return words % values
    except (KeyError, TypeError, ValueError):
        return ""


def in_english(words: Words) -> str:
    return words.in_english if isinstance(words, Text) else str(words)


def write(words: Words) -> dict[str, Any]:
    """Serialise a text for a column; {} for words that are no `Text`, as from a provider."""
    if not isinstance(words, Text):
        return {}
    values = {name: plain(value) for name, value in words.values.items()}
    return {"name": words.name, "values": values, "english": words.in_english}


def columns(words: Words, english: str, text: str) -> dict[str, Any]:
    """Return {column: value} of a text for its two columns."""
    return {english: in_english(words), text: write(words)}


def plain(value: Any) -> str | int | float:
    return value if isinstance(value, int | float) else str(value)


def say(stored: Any, words: str) -> str:
    """Return a stored text in the active language.

    words  its English column, returned if it has other words, as written by an earlier version, or
           if this version has no text of that name
    """
    if not isinstance(stored, dict) or stored.get("english") != words:
        return words
    known, values = KNOWN.get(str(stored.get("name"))), stored.get("values")
    if known is None or not isinstance(values, dict):
        return words
    return fill(gettext(known.english), values) or words
