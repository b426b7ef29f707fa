"""Translations of the form engine's texts: English, until an application calls `use`.

Modules import `gettext as _`, so that message extraction finds all texts.
A message is a whole sentence with named placeholders: `_("Enter %(name)s") % {"name": name}`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


def _say(message: str) -> str:
    return message


def _say_counted(singular: str, plural: str, count: int) -> str:
    return singular if count == 1 else plural


def _say_in_context(_context: str, message: str) -> str:
    return message


def _write_number(digits: str, *, grouped: bool) -> str:
    """Return the digits, with a comma between thousands if grouped."""
    return f"{Decimal(digits):,f}" if grouped else digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Translations:
    """The functions that translate to the active language.

    gettext, ngettext, pgettext  as in Python's `gettext`
    language  code of the language, like "zh-hans"; "" for the language of the source. Caches, as
              of compiled forms, have it in their keys
    number    formats digits for the language, `grouped` or not
    """

    gettext: Callable[[str], str] = _say
    ngettext: Callable[[str, str, int], str] = _say_counted
    pgettext: Callable[[str, str], str] = _say_in_context
    language: Callable[[], str] = lambda: ""
    number: Callable[..., str] = _write_number


_translations = Translations()


def use(translations: Translations) -> Translations:
    """Set the translations, and return the previous ones."""
    global _translations  # set once at start-up
    before, _translations = _translations, translations
    return before


def gettext(message: str) -> str:
    """Translate a message to the active language."""
    return _translations.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a message with a plural form to the active language."""
    return _translations.ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """Translate a message whose meaning depends on a context."""
    return _translations.pgettext(context, message)


def gettext_noop(message: str) -> str:
    """Mark a constant for message extraction; it is translated on use."""
    return message


def language() -> str:
    """Return the code of the active language."""
    return _translations.language()


_SHORT = 5  # digits; shorter numbers have no separator: 1024


def spell_count(value: int) -> str:
    """Format a count for the active language: 3,000."""
    return _translations.number(str(value), grouped=True)


def spell_digits(text: str) -> str:
    """Format exact digits for the active language: 1024, 2,147,483,647, 0.5."""
    if not text.removeprefix("-").replace(".", "", 1).isdecimal():
        return text
    whole = text.removeprefix("-").partition(".")[0]
    return _translations.number(text, grouped=len(whole) >= _SHORT)
