"""A new `.po` file adds a language; texts without a translation are in English."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from django.utils.translation import ngettext
from pytest_django.fixtures import Settings

from playground.languages import find_languages
from playground.schema import form
from tests import catalogs

pytestmark = pytest.mark.once

type Text = str | tuple[str, ...]
type Texts = tuple[Text, Text, Text]

PICTURES = ("%(n)s picture", "%(n)s pictures")
ENGLISH: Texts = ("Gallery", "Search", PICTURES)
FRENCH: Texts = ("Galerie", "Rechercher", ("%(n)s image", "%(n)s d’images", "%(n)s images"))
ARABIC: Texts = (
    "المعرض",
    "بحث",
    ("%(n)s صفر", "%(n)s صورة", "%(n)s صورتان", "%(n)s صور", "%(n)s صورةً", "%(n)s صورة"),
)

type Begin = Callable[[str, Texts], None]


@pytest.fixture
def begin(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Create a catalog as `make messages CATALOG=fr` does, with translations of three texts."""
    monkeypatch.setattr(catalogs, "LOCALE", tmp_path)
    form._compile.cache_clear()  # compiled forms are cached for each language

    def write(name: str, texts: Texts) -> None:
        catalogs.begin(name)
        [path] = catalogs.catalogs()
        catalog = catalogs.read(path)
        catalog.update(catalogs.extract_all([catalogs.ROOT / "templates/frame/tabs.html"]))
        for text, said in zip(ENGLISH, texts, strict=True):
            message = catalog.get(text) or catalog.add(text)
            message.string = said
        path.write_bytes(catalogs.write(catalog))
        path.with_suffix(".mo").write_bytes(catalogs.compiled(catalogs.read(path)))
        settings.LOCALE_PATHS = [tmp_path]
        settings.LANGUAGES = find_languages(tmp_path)

    return write


def test_translated_texts_are_french_and_the_rest_english(begin: Begin, client: Client) -> None:
    begin("fr", FRENCH)
    page = client.get("/gallery/", headers={"Accept-Language": "fr-CH, en;q=0.5"})
    assert page["Content-Language"] == "fr"
    assert '<html lang="fr" dir="ltr"' in page.text
    assert "Galerie" in page.text
    assert "Rechercher" in page.text
    assert "Collections" in page.text
    assert ">Gallery<" not in page.text


def test_a_new_language_is_in_the_switch(begin: Begin, client: Client, ana: User) -> None:
    begin("fr", FRENCH)
    assert 'name="language" value="fr" lang="fr"' in " ".join(client.get("/gallery/").text.split())
    client.post("/language/", {"language": "fr", "next": "/gallery/"})
    assert ana.preferences.language == "fr"
    assert '<html lang="fr" dir="ltr"' in client.get("/gallery/").text


@pytest.mark.parametrize(
    ("name", "texts", "counts"),
    [
        ("fr", FRENCH, {0: "0 image", 1: "1 image", 2: "2 images", 1_000_000: "1000000 d’images"}),
        (
            "ar",
            ARABIC,
            {0: "0 صفر", 1: "1 صورة", 2: "2 صورتان", 5: "5 صور", 11: "11 صورةً", 100: "100 صورة"},
        ),
    ],
)
def test_numbers_follow_the_rules_of_the_language(
    begin: Begin, name: str, texts: Texts, counts: dict[int, str]
) -> None:
    begin(name, texts)
    with translation.override(name):
        assert {n: ngettext(*PICTURES, n) % {"n": n} for n in counts} == counts


def test_a_right_to_left_language_sets_the_direction_of_the_page(
    begin: Begin, client: Client
) -> None:
    begin("ar", ARABIC)
    page = client.get("/gallery/", headers={"Accept-Language": "ar"})
    assert '<html lang="ar" dir="rtl"' in page.text
    assert "المعرض" in page.text
