"""Two generated languages whose texts are longer than English.

en-XA  accented letters: "Generate" is "Ĝéñéŕåťéééé"; plain letters show an untranslated text
he     Hebrew letters, which browsers render from right to left
"""

import itertools
import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests import catalogs
from tests.pseudo_language import KEPT

LANGUAGES = ACCENTED, HEBREW = "en-xa", "he"
LONGER = 1.4
KNOWN = Path("LC_MESSAGES/django.po")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TABLES = {
    "en_XA": str.maketrans(
        LETTERS + LETTERS.upper(),
        "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
    ),
    "he": str.maketrans(LETTERS + LETTERS.upper(), "אבגדהוזחטיכלמנסעפצקרשתאבגד" * 2),
}
WORD = re.compile(r"[A-Za-z]+")
# Messages with this context are date patterns, not texts.
PATTERNS = {"format of a day"}


def lengthen(text: str, table: dict[int, int]) -> str:
    """Return a text in other letters and with longer words; placeholders and markup are kept."""

    def longer(word: re.Match[str]) -> str:
        more = round(len(word[0]) * LONGER) - len(word[0])
        return (word[0] + word[0][-1].lower() * more).translate(table)

    ends = [0, *(end for found in KEPT.finditer(text) for end in found.span()), len(text)]
    parts = [text[start:end] for start, end in itertools.pairwise(ends)]
    return "".join(
        part if number % 2 else WORD.sub(longer, part) for number, part in enumerate(parts)
    )


def texts() -> Iterator[Message]:
    """Yield the texts of the program, then those of Django and allauth."""
    yield from catalogs.read(catalogs.LOCALE / "zh_Hans" / KNOWN)
    for package, folder in (("django", "conf/locale"), ("allauth", "locale")):
        spec = find_spec(package)
        assert spec
        assert spec.origin
        with (Path(spec.origin).parent / folder / "en" / KNOWN).open("rb") as file:
            yield from read_po(file)


def write_catalogs(folder: Path) -> None:
    for name, table in TABLES.items():
        write_catalog(folder, name, partial(lengthen, table=table))


def write_catalog(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Write a compiled catalog in which each text of the program is changed by `change`."""
    # Babel has no locale of this name; the plural forms are those of English.
    catalog = Catalog(locale="en" if name == "en_XA" else name, fuzzy=False)
    seen = set()
    for each in texts():
        forms = [each.id] if isinstance(each.id, str) else [*each.id]
        if not forms[0] or each.context in PATTERNS or (forms[0], each.context) in seen:
            continue
        seen.add((forms[0], each.context))
        changed = [change(form) for form in forms]
        if len(forms) > 1:
            changed = [changed[min(number, 1)] for number in range(catalog.num_plurals)]
            catalog.add(tuple(forms), changed, context=each.context)
        else:
            catalog.add(forms[0], changed[0], context=each.context)
    path = (folder / name / KNOWN).with_suffix(".mo")
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogs.compiled(catalog))
