"""The catalogs in `locale/` are complete and have the texts of the program."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tests import catalogs

pytestmark = pytest.mark.once

VALUE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\{.*?\}\}|\{\w*\}")
TAG = re.compile(r"</?[a-z]+[^>]*>|&\w+;")
PLACEHOLDER = re.compile(f"{VALUE.pattern}|{TAG.pattern}")
HALF_WIDTH = re.compile(
    r"[\u4e00-\u9fff][,;:!?](?![/\w])|[\u4e00-\u9fff]\.(?:\s|$)|\([^)\w]*[\u4e00-\u9fff]"
    r"|[\u4e00-\u9fff] ?\((?!\?)"
)
GLUED = re.compile(r"[\u4e00-\u9fff] +[A-Za-z0-9%]|[A-Za-z0-9] +[\u4e00-\u9fff]")
FORMAL = re.compile("您")
# Words that docs/words.md replaces: picture, run, inputs, response, reset, author.
OTHER_WORDS = re.compile("图像|作业|参数|回复|询问|重设|变更|作者|帐号")


def strings(message: Message) -> list[str]:
    found = message.string
    return [found] if isinstance(found, str) else [*(found or ())]


def originals(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else [*message.id]


@pytest.fixture(scope="module", params=catalogs.catalogs(), ids=lambda path: path.parents[1].name)
def path(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture(scope="module")
def catalog(path: Path) -> Catalog:
    return catalogs.read(path)


def test_there_is_simplified_chinese() -> None:
    assert "zh_Hans" in {path.parents[1].name for path in catalogs.catalogs()}


def test_every_text_of_the_program_is_translated(catalog: Catalog) -> None:
    wanted = {(each.context, each.id) for each in catalogs.extract_all() if each.id}
    known = {(each.context, each.id): each for each in catalog if each.id}
    assert set(known) == wanted, "run `make messages`"
    assert [each.id for each in known.values() if each.fuzzy or not all(strings(each))] == []


def test_placeholders_and_markup_are_those_of_the_text(catalog: Catalog) -> None:
    wrong = []
    for message in catalog:
        allowed = [sorted(PLACEHOLDER.findall(text)) for text in originals(message)]
        found = [sorted(PLACEHOLDER.findall(text)) for text in strings(message)]
        if message.id and not all(each in allowed for each in found):
            wrong.append((message.id, message.string))
    assert wrong == []


def test_the_compiled_catalog_is_up_to_date(path: Path, catalog: Catalog) -> None:
    assert path.with_suffix(".mo").read_bytes() == catalogs.compiled(catalog), "run `make messages`"
    assert path.read_bytes() == catalogs.write(catalog)


@pytest.mark.parametrize(
    "rule",
    [HALF_WIDTH, GLUED, FORMAL, OTHER_WORDS],
    ids=["width", "spaces", "formal", "glossary"],
)
def test_chinese_is_set_as_chinese(rule: re.Pattern[str]) -> None:
    chinese = catalogs.read(catalogs.LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po")
    texts = [text for message in chinese if message.id for text in strings(message)]
    assert [text for text in texts if rule.search(VALUE.sub("1", TAG.sub("", text)))] == []
