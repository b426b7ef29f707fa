"""Pages, mails, commands and errors use no odd words, for which plain English has better ones."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import catalogs
from tests.launched import ROOT

# "Stand-in", "such as" and "no such table" are usual.
ODD_WORDS = re.compile(
    r"\b(?:stand|stands|stood)\b(?!-)|\banew\b|\bby (?:itself|themselves)\b"
    r"|\b(?:take|takes|took|taken|taking)\b(?: \w+)? away\b|\bin the middle\b"
    r"|\bsomebody\b|(?<!no )\bsuch\b(?! as\b)",
    re.IGNORECASE,
)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment .*?endcomment %\}|<!--.*?-->|//[^\n\"']*\n", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
QUOTED = re.compile(r'"[^"]*"')  # texts in a tag: {% firstof name "nobody" %}
ATTRIBUTE = re.compile(r'\s(?:id|form|for|name|class|href|data-[\w-]+|aria-labelledby)="[^"]*"')

# Contains every text of the program (tests/test_catalogs.py).
CATALOG = catalogs.LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted(
    each for each in (ROOT / "templates").rglob("*") if each.suffix in {".html", ".txt"}
)
SCRIPTS = sorted(each for each in (ROOT / "static/js").rglob("*.js") if "vendor" not in each.parts)
MODULES = sorted(
    each
    for each in (ROOT / "playground").rglob("*.py")
    if "migrations" not in each.parts and "art" not in each.parts
)


type Read = Callable[[str], Iterator[str]]


def words_of_template(text: str) -> Iterator[str]:
    """Yield the text of a template, and the texts in its tags."""
    text = COMMENT.sub(" ", text)
    for tag in TAG.findall(text):
        yield from (quoted for quoted in QUOTED.findall(tag) if " " in quoted)
    yield " ".join(ATTRIBUTE.sub(" ", TAG.sub(" ", text)).split())


def words_of_module(source: str) -> Iterator[str]:
    """Yield the texts of a module that contain a space, without docstrings."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if (
                id(node) not in docstrings and " " in text.strip()
            ):
                yield " ".join(text.split())


def words_of_script(text: str) -> Iterator[str]:
    """Yield the texts of a script that contain a space, without comments."""
    plain = re.sub(r"/\*.*?\*/|^\s*//.*$|\s//\s.*$", " ", text, flags=re.DOTALL | re.MULTILINE)
    yield from (each for each in re.findall(r'"[^"\n]*"|`[^`]*`', plain) if " " in each)


def find(words: Iterator[str]) -> list[str]:
    return [
        each[max(found.start() - 60, 0) : found.end() + 40]
        for each in words
        for found in ODD_WORDS.finditer(each)
    ]


@pytest.mark.parametrize(
    ("paths", "read"),
    [(TEMPLATES, words_of_template), (MODULES, words_of_module), (SCRIPTS, words_of_script)],
    ids=["templates", "modules", "scripts"],
)
def test_no_text_uses_a_word_that_people_do_not(paths: list[Path], read: Read) -> None:
    assert len(paths) > 50
    found = {
        str(path.relative_to(ROOT)): words
        for path in paths
        if (words := find(read(path.read_text())))
    }
    assert found == {}


def test_no_message_of_the_catalogs_uses_one() -> None:
    """The catalog contains the texts of Python, templates, scripts and mails."""
    ids = [each.id for each in catalogs.read(CATALOG) if each.id]
    texts = [text for each in ids for text in ([each] if isinstance(each, str) else each)]
    assert len(texts) > 1_000
    assert find(iter(texts)) == []


def test_the_words_are_those_of_the_glossary() -> None:
    tone = (ROOT / "docs" / "words.md").read_text().partition("## Tone")[2].partition("##")[0]
    named = re.findall(r"\*([a-z ]+)\*", tone.replace("for *be*", ""))
    assert len(named) > 5
    assert [word for word in named if not find(iter([word]))] == []


@pytest.mark.parametrize(
    "text",
    [
        "It stands here.",
        "set anew",
        "goes on by itself",
        "take it away",
        "Somebody else",
        "such runs",
    ],
)
def test_the_words_are_found_wherever_people_read_them(text: str) -> None:
    assert find(words_of_template(f"{{# {text} #}}")) == []
    assert len(find(words_of_template(f'<p title="a">{text}</p>'))) == 1
    assert len(find(words_of_template(f'{{% firstof name "{text}" %}}'))) == 1
    assert find(words_of_module(f'"""{text}"""\n')) == []
    assert len(find(words_of_module(f'"""Words."""\nWORDS = _("{text}")\n'))) == 1
    assert find(words_of_script(f"// {text}\n")) == []
    assert len(find(words_of_script(f'say("{text}"); // {text}\n'))) == 1


def test_usual_words_are_no_fault() -> None:
    assert find(iter(["A stand-in; understand; a word such as this; no such table"])) == []
