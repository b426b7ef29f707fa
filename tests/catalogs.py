"""The gettext catalogs in `locale/`: `make messages` extracts, merges and compiles them.

Babel does the work of GNU gettext's programs, which need not be installed.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "locale"
LAZY = {f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext")}
# `kept` declares a text that is stored: its name, then its text (playground/texts.py).
KEYWORDS = DEFAULT_KEYWORDS | LAZY | {"gettext_noop": None, "kept": (2,)}
COMMENTS = ("Translators:",)
TEMPLATES = (".html", ".txt")
# Headers of a catalog whose information is in the repository.
VOLATILE = re.compile(
    rb'"(?:Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    rb'|Generated-By): .*"\n'
)


def sources() -> list[Path]:
    """Return the files that contain texts to translate."""
    python = (ROOT / "playground").rglob("*.py")
    templates = (path for path in (ROOT / "templates").rglob("*") if path.suffix in TEMPLATES)
    return sorted(path for path in [*python, *templates] if "migrations" not in path.parts)


def texts_in(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Yield line, text (or its plural forms), comments and context of each message."""
    if path.suffix == ".py":
        yield from extract("python", BytesIO(path.read_bytes()), KEYWORDS, COMMENTS)
    else:
        source = templatize(path.read_text(), origin=str(path))
        # The output of `templatize` is not Python, but the JavaScript tokenizer reads it.
        yield from extract("javascript", BytesIO(source.encode()), KEYWORDS, COMMENTS)


def extract_all(paths: Iterable[Path] | None = None) -> Catalog:
    """Return a catalog of the texts of these files, or of all files, without translations."""
    found = Catalog(project="Playground", charset="utf-8", fuzzy=False)
    for path in paths or sources():
        name = path.relative_to(ROOT).as_posix()
        for _, text, comments, context in texts_in(path):
            found.add(text, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def write(catalog: Catalog) -> bytes:
    """Return a catalog as `.po` text that depends only on its messages: sorted, without dates."""
    language = catalog.locale.english_name if catalog.locale else "no language"
    catalog.header_comment = f"# The texts of the Playground in {language}."
    catalog.version = "0"
    out = BytesIO()
    write_po(out, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return VOLATILE.sub(b"", out.getvalue())


def compiled(catalog: Catalog) -> bytes:
    """Return a catalog as `.mo` bytes, which depend only on its messages."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def catalogs() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def begin(name: str) -> None:
    """Create an empty catalog for a language.

    name  name of its folder in Django's spelling: "fr", "zh_Hans"
    """
    path = LOCALE / name / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(write(Catalog(locale=name, project="Playground", fuzzy=False)))


def main(*names: str) -> None:
    """Update every catalog to the texts of the program.

    names  names of languages whose catalogs are created first
    """
    django.setup()
    for name in names:
        begin(name)
    template = extract_all()
    for path in catalogs():
        catalog = read(path)
        catalog.update(template, no_fuzzy_matching=True)
        path.write_bytes(write(catalog))
        path.with_suffix(".mo").write_bytes(compiled(read(path)))
        missing = [each for each in catalog if each.id and not each.string]
        sys.stdout.write(f"{path.parents[1].name}: {len(catalog)} texts, {len(missing)} missing\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
