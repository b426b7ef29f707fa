"""The Chinese user guide has the content of the English one, and quotes the labels of pages."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests import catalogs
from tests.launched import ROOT

pytestmark = pytest.mark.once

CHINESE = ROOT / "docs" / "zh-Hans"
# The English guide: the pages for people and owners that the README names, not those of operators.
GUIDE = ("README.md", "docs/using.md", "docs/people.md", "docs/costs.md")
LABEL = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
HEADLINE = re.compile(r"^- \*\*[^*]+\*\*", re.MULTILINE)  # of a list item
BLOCK = re.compile(r"^```(?s:.*?)^```|^ {4}\S.*$", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
SHAPE = re.compile(r"^(#+ |\d+\. |- |\||    \S)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]*)")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff] +[A-Za-z0-9]|您")
# Words that docs/words.md replaces; 参数 is also an argument of a command.
OTHER_WORDS = re.compile("图像|作业|询问|重设|变更|作者|帐号")


def chinese_of(name: str) -> str:
    return (CHINESE / Path(name).name).read_text()


def english(name: str) -> str:
    return (ROOT / name).read_text()


def labels_in_english(name: str) -> set[str]:
    """Return the labels of the program's pages that a page of the guide quotes."""
    text = re.sub(r"\n(?=\w)", " ", HEADLINE.sub("", BLOCK.sub("", english(name))))
    return {*LABEL.findall(text), *BOLD.findall(text)}


def labels_in_chinese(name: str) -> set[str]:
    return {*BOLD.findall(HEADLINE.sub("", BLOCK.sub("", chinese_of(name))))}


def translations() -> dict[str, set[str]]:
    """Return the translations of each text, one for each context."""
    found: dict[str, set[str]] = {}
    for each in catalogs.read(catalogs.LOCALE / "zh_Hans/LC_MESSAGES/django.po"):
        [text, *_] = [each.id] if isinstance(each.id, str) else each.id
        [string, *_] = [each.string] if isinstance(each.string, str) else each.string or [""]
        found.setdefault(text, set()).add(string)
    return found


def shape_of(text: str) -> Counter[str]:
    """Count the headings of each level, the items, table rows and code lines of a page."""
    return Counter([*map(str, SHAPE.findall(text)), *re.findall("^```", text, re.MULTILINE)])


def spans_of(text: str) -> set[str]:
    """Return the code spans, each in one line."""
    return {" ".join(span.split()) for span in SPAN.findall(BLOCK.sub("", text))}


def test_there_is_a_chinese_page_for_each_page_of_the_guide() -> None:
    assert {path.name for path in CHINESE.glob("*.md")} == {Path(name).name for name in GUIDE}
    readme = english("README.md")
    row = next(line for line in readme.splitlines() if "people who generate pictures" in line)
    assert {*LINK.findall(row)} <= set(GUIDE)
    assert "[简体中文](docs/zh-Hans/README.md)" in readme


@pytest.mark.parametrize("name", GUIDE)
def test_a_chinese_page_has_the_parts_of_the_english_one(name: str) -> None:
    assert shape_of(chinese_of(name)) == shape_of(english(name))


@pytest.mark.parametrize("name", GUIDE)
def test_a_chinese_page_has_the_code_of_the_english_one(name: str) -> None:
    assert spans_of(english(name)) ^ spans_of(chinese_of(name)) == set()


@pytest.mark.parametrize("name", GUIDE)
def test_labels_are_those_of_the_pages(name: str) -> None:
    known = translations()
    quoted = labels_in_english(name)
    assert {each for each in quoted if each not in known} == set()
    ours = labels_in_chinese(name)
    assert {each for each in quoted if not known[each] & ours} == set()
    assert ours <= set().union(*known.values())


@pytest.mark.parametrize("name", GUIDE)
def test_a_page_leads_to_the_other_language(name: str) -> None:
    depth = "../../" if name == "README.md" else "../"
    assert f"[English]({depth}{Path(name).name})" in chinese_of(name)


@pytest.mark.parametrize("name", GUIDE)
def test_chinese_is_set_as_chinese(name: str) -> None:
    text = SPAN.sub("x", BLOCK.sub("", chinese_of(name)))
    prose = "\n".join(line for line in text.splitlines() if not line.startswith(("#", "- ")))
    assert HALF_WIDTH.findall(prose) == []


@pytest.mark.parametrize("name", GUIDE)
def test_the_guide_uses_the_words_of_the_glossary(name: str) -> None:
    assert OTHER_WORDS.findall(chinese_of(name)) == []
