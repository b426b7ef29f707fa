"""A generated language in full-width letters: normal letters show an untranslated text.

It replaces Chinese, so that Django's own texts are translated as well.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from babel.messages.catalog import Catalog
from pytest_django.fixtures import Settings

from playground.schema import form
from tests import catalogs, html

CHINESE = "zh-hans"
IN_CHINESE = {"Accept-Language": CHINESE}
SCRIPT = {"HX-Request": "true"} | IN_CHINESE
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{|\}\}|<[^>]+>|&\w+;")
MARKED = re.compile(r"import .*gettext|import .*kept")
LATIN = re.compile(r"[A-Za-z]{2,}")
TEMPLATE = re.compile(r"(</?)template\b")

# The same in every language: units, names of formats, code, keys, and typed text.
UNITS = ("MB", "kB", "GB", "UTC", "CSV", "JSON", "Playground")
OF_PROGRAMS = {"code", "kbd", "pre", "script", "style", "textarea"}
READ_ATTRIBUTES = (
    *("alt", "aria-label", "data-blank", "data-word", "label", "placeholder", "title"),
    *("aria-valuetext", "data-title"),
)


def widen(text: str) -> str:
    """Return a text in full-width letters, except for placeholders and markup."""

    def wide(plain: str) -> str:
        return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in plain)

    ends = [0, *(end for found in KEPT.finditer(text) for end in found.span()), len(text)]
    parts = [text[start:end] for start, end in itertools.pairwise(ends)]
    return "".join(part if number % 2 else wide(part) for number, part in enumerate(parts))


def marked_sources() -> list[Path]:
    """Return the files with translated texts; Python files only if they import gettext."""
    return [
        path
        for path in catalogs.sources()
        if path.suffix != ".py" or MARKED.search(path.read_text())
    ]


def write_pseudo_catalog(folder: Path) -> None:
    catalog = Catalog(locale="zh_Hans", fuzzy=False)
    for each in catalogs.extract_all(marked_sources()):
        if isinstance(each.id, str):
            catalog.add(each.id, widen(each.id), context=each.context)
        else:
            catalog.add(each.id, [widen(each.id[-1])], context=each.context)
    path = folder / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogs.compiled(catalog))


@pytest.fixture(scope="session")
def pseudo_locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    write_pseudo_catalog(folder)
    return folder


@pytest.fixture
def pseudo_chinese(settings: Settings, pseudo_locale: Path) -> Iterator[None]:
    settings.LOCALE_PATHS = [pseudo_locale]
    settings.LANGUAGES = [("en", "English"), (CHINESE, "简体中文")]
    form._compile.cache_clear()  # compiled forms are cached for each language
    yield
    form._compile.cache_clear()


def untranslated(said: str, *values: str) -> list[str]:
    """Return the words in Latin letters of a response, except for these values."""
    for value in sorted((*values, *UNITS), key=len, reverse=True):
        said = said.replace(value, "")
    return LATIN.findall(said)


def parse(page: str) -> ET.Element:
    """Parse a page, with the contents of its <template> elements."""
    return html.parse(TEMPLATE.sub(r"\1div", page))


def read_texts(element: ET.Element, without: Iterable[str] = ()) -> Iterator[str]:
    """Yield the visible texts of an element, and those of its attributes.

    without  ids and classes of elements to skip
    """
    names = {element.get("id", ""), *element.get("class", "").split()}
    if names & {*without}:
        return
    yield from (element.get(name, "") for name in READ_ATTRIBUTES)
    if element.tag in OF_PROGRAMS:
        return
    yield element.text or ""
    for each in element:
        yield from read_texts(each, without)
        yield each.tail or ""
