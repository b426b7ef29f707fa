"""Texts of scripts are sent with the page in its language, and no unused ones are sent."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from playground import script_texts, scripts
from playground.catalog.models import ModelSpec
from tests.launched import ROOT

pytestmark = pytest.mark.once

SOURCES = ROOT / "static"
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""", re.DOTALL
)
LOOKED_UP = re.compile(r'(?<!\.)\btext\(\s*(?:[^?()]*\?\s*"(\w+)"\s*:\s*)?"(\w+)"')
FILLED_IN = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")

# Several words, a label, or a value of something visible.
SEVERAL = re.compile(r"[A-Za-z’]{2,}[,:;.!?”)]* (?:[“(]?[a-z%{]|[A-Z][a-z]+ )")
LABEL = re.compile(r"[A-Z][a-z]{2,}[\w ]*[.!?…]?")
READ_BY_PEOPLE = re.compile(
    r"(?:(?:textContent|innerText|innerHTML|title|placeholder|alt|label|ariaLabel)\s*(?::|=|\+=)\s*"
    r"""|(?:announce|toast|refuse|alert|confirm)\(\s*|"aria-label",\s*)\Z"""
)
NOT_FOR_PEOPLE = re.compile(
    # selectors, media queries, classes, transforms
    r"[^A-Z“]*(?:[.#\[][a-z]|\binput\b|\btextarea\b|\bvideo\b|\bbutton\b)[^A-Z“]*"
    r"|\([a-z-]+: [^)]*\)|(?:button|toast) [\w-]+--[\w-]+|translate\(.*\)|not all"
    # keys, headers, and names defined by browsers
    r"|Enter|Escape|Delete|Home|End|Arrow\w*|Content-Type|Location|Files|AbortError|Etc/UTC|Sept?"
    # values of actions in forms
    r"|(?:stars|add|remove) \{\}"
)


@cache
def read(name: str) -> str:
    return (SOURCES / name).read_text()


def script_names() -> list[str]:
    paths = (path for path in SOURCES.rglob("js/**/*.js") if "vendor" not in path.parts)
    return sorted(path.relative_to(SOURCES).as_posix() for path in paths)


def literals(source: str) -> Iterator[tuple[str, str]]:
    """Yield the text of each literal of a script, and the source before it."""
    for found in TOKEN.finditer(source):
        if not found[0].startswith("/"):
            yield found[0][1:-1], source[: found.start()][-60:]


def is_for_people(text: str, before: str) -> bool:
    own = FILLED_IN.sub("{}", text)
    if READ_BY_PEOPLE.search(before) and re.search("[A-Za-z]", re.sub("</?p>", "", own)):
        return True
    if NOT_FOR_PEOPLE.fullmatch(own):
        return False
    return bool(SEVERAL.search(own) or LABEL.fullmatch(own))


@pytest.mark.parametrize("name", script_names())
def test_no_text_for_people_is_in_a_script(name: str) -> None:
    assert [text for text, before in literals(read(name)) if is_for_people(text, before)] == []


@pytest.mark.parametrize(
    "line",
    [
        'announce("Copied");',
        'button.textContent = "copied";',
        'const look = { type: "button", textContent: "Undo" };',
        "toast(`The last ${count} steps are not saved yet.`);",
        'note.setAttribute("aria-label", "picture");',
        'const NOTE =\n  "This page expired. Reload it.";',
        'const title = state === "done" ? "Done" : "failed";',
        'dialog.innerHTML = "<p>no answer</p>";',
    ],
)
def test_a_text_for_people_is_found(line: str) -> None:
    assert any(is_for_people(text, before) for text, before in literals(line))


def modules_by_bundle() -> dict[str, list[str]]:
    """Return the modules of each bundle, except those of earlier bundles."""
    modules = scripts.Modules(read)
    bundles = {name: f"js/bundles/{name}.js" for name in script_texts.TEXTS}
    assert len(bundles) == len([*SOURCES.glob("js/bundles/*.js")])
    seen: set[str] = set()
    own = {}
    for name, path in bundles.items():
        own[name] = [each for each in modules.reach(path) if each not in seen]
        seen.update(own[name])
    return own


def texts_of_imported(bundle: str) -> Iterator[Iterable[str]]:
    """Yield the names of the texts of each bundle that a bundle imports."""
    for path in scripts.Modules(read).reach(f"js/bundles/{bundle}.js")[:-1]:
        if scripts.BUNDLE.fullmatch(path):
            yield script_texts.TEXTS[Path(path).stem].keys()


def looked_up(module: str) -> set[str]:
    if module == "js/texts.js":
        return set()
    return {name for pair in LOOKED_UP.findall(read(module)) for name in pair if name}


def test_each_bundle_looks_up_the_texts_that_are_sent_with_it() -> None:
    sent: set[str] = set()
    for bundle, modules in modules_by_bundle().items():
        texts = set(script_texts.TEXTS[bundle])
        used = set().union(*map(looked_up, modules))
        assert not sent & texts, "a text is sent twice"
        assert used <= texts.union(*texts_of_imported(bundle)), "a text is used that is not sent"
        assert texts <= used, "a text is sent that this bundle does not use"
        sent |= texts


def test_every_text_is_looked_up_by_its_name() -> None:
    for module in script_names():
        calls = len(re.findall(r"(?<!function )(?<!\.)\btext\(", read(module)))
        assert calls == len(LOOKED_UP.findall(read(module))), module


class Blocks(HTMLParser):
    """Reads the texts in a page, by the names of their bundles."""

    def __init__(self) -> None:
        super().__init__()
        self.bundle = ""
        self.texts: dict[str, dict[str, str | dict[str, str]]] = {}
        self.loaded: list[str] = []
        self.later: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.bundle = (facts.get("id") or "").removeprefix("texts-") if tag == "script" else ""
        if found := re.search(r"js/bundles/(\w+)\.", facts.get("src") or ""):
            self.loaded.append(found[1])
        if found := re.search(r"js/bundles/(\w+)\.", facts.get("content") or ""):
            self.later.append(found[1])

    def handle_data(self, data: str) -> None:
        if self.bundle:
            self.texts[self.bundle] = json.loads(data)

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.bundle = ""


def read_blocks(client: Client, path: str) -> Blocks:
    blocks = Blocks()
    blocks.feed(client.get(path).text)
    return blocks


def test_a_page_contains_the_texts_of_its_bundles(client: Client, seedream: ModelSpec) -> None:
    form = read_blocks(client, f"/models/{seedream.slug}/")
    gallery = read_blocks(client, "/gallery/")
    assert form.loaded == ["frame", "pictures", "form"]
    assert form.later == ["viewer"]
    assert list(form.texts) == ["frame", "pictures", "viewer", "form"]
    assert gallery.loaded == ["frame", "pictures", "gallery"]
    assert gallery.later == ["viewer"]
    assert list(gallery.texts) == ["frame", "pictures", "gallery", "viewer"]
    assert form.texts["form"]["reset"] == "Reset"
    assert form.texts["form"]["waitingForFiles"] == {
        "one": "Waiting for a file to arrive, then it is sent.",
        "other": "Waiting for %(count)s files to arrive, then it is sent.",
    }


def test_a_page_without_pictures_contains_only_the_common_texts(client: Client) -> None:
    assert list(read_blocks(client, "/team/").texts) == ["frame"]


@pytest.mark.parametrize(
    ("language", "categories"),
    [
        ("en", {"one": 1, "other": 2}),
        ("fr", {"one": 1, "other": 2}),
        ("ja", {"other": 2}),
        ("ru", {"one": 1, "few": 3, "many": 5}),
        ("pl", {"one": 1, "few": 3, "many": 5}),
        ("cs", {"one": 1, "few": 3, "other": 5}),
        ("ar", {"zero": 0, "one": 1, "two": 2, "few": 5, "many": 20, "other": 100}),
    ],
)
def test_the_forms_of_a_text_are_those_that_gettext_chooses(
    language: str, categories: dict[str, int]
) -> None:
    """Compared with Django's own catalogs, for numbers of each plural category of CLDR."""

    def form_for(count: int) -> str:
        return translation.ngettext("%(num)d year", "%(num)d years", count)

    with translation.override(language):
        forms = script_texts.write_forms(form_for)
        for category, number in categories.items():
            assert forms.get(category, forms["other"]) == form_for(number)
