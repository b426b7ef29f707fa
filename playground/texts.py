"""Texts that are stored: as a name with values, in the language of each reader when they are shown.

    DELETED = kept("key_deleted", "The API key %(key)s was deleted here.")
    raise KeyGoneError(DELETED(key=key))

`str()` of a text is in the current language, `write` makes of it what a column keeps, and `say`
reads that again. The name is stored, so it never changes; the English words may.
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

    name     by which it is stored
    english  the msgid, with placeholders as `%(name)s`
    values   of its placeholders: texts and numbers
    """

    do_not_call_in_templates: ClassVar[bool] = True  # Django would, and leave the values out

    name: str
    english: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, **values: Any) -> "Text":
        return replace(self, values=values)

    def __str__(self) -> str:
        return fill(gettext(self.english), self.values) or self.in_english

    @property
    def in_english(self) -> str:
        """The sentence for columns that earlier versions read, and for logs."""
        return fill(self.english, self.values)


def kept(name: str, english: str) -> Text:
    """Declare a text that may be stored; `make messages` extracts its words."""
    if name in KNOWN:
        raise ValueError(f"there is a text {name} already")
    KNOWN[name] = Text(name, english)
    return KNOWN[name]


def fill(words: str, values: Mapping[str, Any]) -> str:
    """Return words with their values; "" where they do not fit together."""
    try:
        return words % values
    except (KeyError, TypeError, ValueError):
        return ""


def in_english(words: Words) -> str:
    return words.in_english if isinstance(words, Text) else str(words)


def write(words: Words) -> dict[str, Any]:
    """Return what a column keeps of a text beside its English words; {} of another's words."""
    if not isinstance(words, Text):
        return {}
    values = {name: plain(value) for name, value in words.values.items()}
    return {"name": words.name, "values": values, "english": words.in_english}


def columns(words: Words, english: str, text: str) -> dict[str, Any]:
    """Return what is stored of a text, by the names of its two columns."""
    return {english: in_english(words), text: write(words)}


def plain(value: Any) -> str | int | float:
    return value if isinstance(value, int | float) else str(value)


def say(stored: Any, words: str) -> str:
    """Return a stored text in the current language.

    words  the English column beside it: shown where that holds other words, as an earlier version
           writes it alone, or where this version has no text of that name
    """
    if not isinstance(stored, dict) or stored.get("english") != words:
        return words
    known, values = KNOWN.get(str(stored.get("name"))), stored.get("values")
    if known is None or not isinstance(values, dict):
        return words
    return fill(gettext(known.english), values) or words
