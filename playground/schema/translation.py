"""The language of what the form engine says: English, until an application hands in its own.

Modules import `gettext as _`, so that a tool which extracts texts by that name finds all of them.
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
    """Return exact digits with a comma between thousands."""
    return f"{Decimal(digits):,f}" if grouped else digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Translations:
    """How texts get into the language of the moment.

    gettext, ngettext, pgettext  as in Python's `gettext`
    language  code of the language, like "zh-hans"; "" for that of the texts in the program. What is
              kept between two readers, such as a compiled form, is kept for each language
    number    digits as the language writes them, `grouped` or not
    """

    gettext: Callable[[str], str] = _say
    ngettext: Callable[[str, str, int], str] = _say_counted
    pgettext: Callable[[str, str], str] = _say_in_context
    language: Callable[[], str] = lambda: ""
    number: Callable[..., str] = _write_number


_translations = Translations()


def use(translations: Translations) -> Translations:
    """Say everything by these from now on; return those that were in use before."""
    global _translations  # set once, when an application starts
    before, _translations = _translations, translations
    return before


def gettext(message: str) -> str:
    """Return a message in the language of the moment."""
    return _translations.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the message for a count in the language of the moment."""
    return _translations.ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """Return a message that means another thing elsewhere."""
    return _translations.pgettext(context, message)


def gettext_noop(message: str) -> str:
    """Mark a constant as a message; it is translated where it is used."""
    return message


def language() -> str:
    """Return the code of the language of the moment."""
    return _translations.language()


_SHORT = 5  # digits; a number of fewer is as readable without a separator: 1024


def spell_count(value: int) -> str:
    """Return a count as people write it: 3,000."""
    return _translations.number(str(value), grouped=True)


def spell_digits(text: str) -> str:
    """Return a limit as people write it, from its exact digits: 1024, 2,147,483,647, 0.5."""
    if not text.removeprefix("-").replace(".", "", 1).isdecimal():
        return text
    whole = text.removeprefix("-").partition(".")[0]
    return _translations.number(text, grouped=len(whole) >= _SHORT)
