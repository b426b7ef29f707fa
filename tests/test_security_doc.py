"""Checks that the tests and code that SECURITY.md names exist."""

import re
from functools import cache

import pytest
from django.core.management import get_commands, load_command_class

from tests.test_readme import READ, README, ROOT, SETTINGS

TEXT = (ROOT / "SECURITY.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
CODE = re.findall(r"`([^`\n]+)`", TEXT)
ROW = re.compile(r"^\| (?!promised|what|chapter)[^|]+\|(.+)\|$", re.MULTILINE)


@cache
def names_in(path: str) -> set[str]:
    return set(re.findall(r"^def (test_\w+)\(", (ROOT / path).read_text(), re.MULTILINE))


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_each_named_test_exists(path: str, name: str) -> None:
    assert name in names_in(path)


def test_each_promise_names_its_test() -> None:
    promises = TEXT.partition("## What is not promised")[0]
    rows = ROW.findall(promises)
    assert len(rows) > 30
    assert [row for row in rows if "::test_" not in row] == []


def test_each_setting_that_is_named_is_one() -> None:
    named = {code for code in CODE if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", code)}
    assert named
    assert named <= set(READ.findall(SETTINGS))


def test_each_named_command_exists() -> None:
    commands = [code.split()[1:] for code in CODE if code.startswith("manage.py ")]
    assert {command for command, *_ in commands} <= set(get_commands())
    usage = load_command_class("playground.teams", "people").create_parser("", "").format_help()
    acts = {words[0] for command, *words in commands if command == "people"}
    assert {act for act in acts if not re.search(rf"\b{act}\b", usage)} == set()


def test_each_named_file_exists() -> None:
    named = {code for code in CODE if re.fullmatch(r"[\w/]+/[\w/]+(\.py)?", code)}
    named |= {code for code in CODE if re.fullmatch(r"\w+\.py", code)} - {"manage.py"}
    links = set(re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT))
    places = (ROOT, ROOT / "playground")
    assert not [name for name in named | links if not any((p / name).exists() for p in places)]


def test_the_readme_leads_to_it() -> None:
    assert "](SECURITY.md)" in README
