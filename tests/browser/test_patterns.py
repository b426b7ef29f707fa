"""Patterns have the meaning of Chromium's regular expressions with the `u` flag."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from playground.schema.reading.patterns import find_pattern, is_for_browsers
from tests.tables import IS_WHOLE

pytestmark = pytest.mark.once

# Characters on which engines differ: digits, letters, spaces, line ends.
LETTERS = "ab_-1 \n\r\t\v\u00a0\u0085\u2028\ufeff\u3000é\u0301٣中ſK😀/.${}[]()^|?*+\\\0,"
WORDS = [
    "a\n", "\na", "ab", "aab", "1a", "é1", "中文", "aéa", "a b", "a.b", "x{2}", "AZ", "a-b", "a/b",
    "\x01", "\x08", "😀😀", "Ω", "ж1", "fox\r\nhen", "_x9",
]  # fmt: skip
TEXTS = ["", *LETTERS, *WORDS]
NAMED = [
    r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\bа", r"\ba", r"a\b", r"\B", r"^\B$", r"a\B",
    r"\Bb", "^.$", "^..$", "^a$", "a$", "^a", "$", "^", "[^]", "[]", "[^a]", r"^[\s\S]*$",
    r"^[^\d\W]$", r"^[\d-]$", r"^[a\-z]$", r"^[\b]$", r"\/", r"\$", r"\u0061", r"\u{61}",
    r"\u{1F600}", r"^\ud83d\ude00$", r"^[\ud83d\ude00]$", r"\x61", r"^\cA$", r"^\ca$", r"\0",
    r"[\0]", r"\t", r"\v", r"\f", r"\n", r"\r", "(?<name>a)b", "(?:a|b)+", "a*?b", "a{2}",
    "a{1,}", "a{0,1}b", "(?:a{2}){2}", "(?:a{1,2}){0,3}$", "^(?:a{2,3}){0,1}$",
    "^(?:a{3,4}){0,2}$", "^(?:a{2,}){0,2}$", "^(?:a?){3}$", "^(?:aa|a)*$", r"\p{L}", r"\p{Lu}",
    r"\P{L}", r"^[\p{L}\p{N}]+$", r"^[^\p{L}]$", r"\p{Letter}", r"\p{gc=Nd}",
    r"\p{General_Category=Decimal_Number}", r"\p{Script=Han}", r"\p{sc=Grek}",
    r"\p{Script=Cyrillic}", r"\p{ASCII}", r"^\p{Any}$", r"\p{Assigned}", r"\p{White_Space}",
    r"\p{C}", r"\p{Cc}", r"\p{LC}", r"\p{Zs}", r"\p{P}", r"\p{Sc}", r"^[^\P{L}a]$", "(^a|b$)",
    "^a|^b$", "(|a)b", "()", "a||b", "(?:)",
]  # fmt: skip
# The `u` flag forbids these; without it they have one possible meaning.
NEEDLESS = [
    r"^[\w-.]+$", r"\-", r"\_", r"\,", "^{$", "^}$", "^]$", r"[\d-x]", r"[\.\_]", "x{a}",
]  # fmt: skip
VERDICTS = """([pairs, flags]) => pairs.map(([pattern, text]) => {
    try { return new RegExp(pattern, flags).test(text) } catch { return null }
})"""


def ask(page: Page, pairs: list[tuple[str, str]], flags: str = "u") -> list[bool | None]:
    found: list[bool | None] = page.evaluate(VERDICTS, [pairs, flags])
    return found


def decide(pattern: str, text: str) -> bool | None:
    found = find_pattern(pattern)
    return found.accepts(text) if found else None


def compare(page: Page, patterns: list[str], flags: str = "u") -> list[Any]:
    """Return the pairs on which we and Chromium decide differently."""
    pairs = [(pattern, text) for pattern in patterns for text in TEXTS]
    said = ask(page, pairs, flags)
    return [(*pair, ours) for pair, theirs in zip(pairs, said, strict=True)
            if (ours := decide(*pair)) is not theirs]  # fmt: skip


def test_named_patterns_match_the_same_in_chromium(page: Page) -> None:
    assert compare(page, NAMED) == []


def test_needless_backslashes_match_the_same_without_the_unicode_flag(page: Page) -> None:
    assert compare(page, NEEDLESS, "") == []


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "a**", "*", "[", "[b-a]", "a{2,1}", r"\k<x>", r"(?<x>a)\k<y>", r"\1", r"\a",
     r"\c1", r"\x1", r"\u12", r"\u{110000}", r"\p{Nope}", r"\p", "(?a)", "(?<1>a)", "^*", r"\b+",
     "{1}", r"\01"],
)  # fmt: skip
def test_patterns_that_chromium_rejects_are_not_checked(page: Page, pattern: str) -> None:
    assert ask(page, [(pattern, "")]) == [None]
    assert find_pattern(pattern) is None


ATOMS = st.sampled_from(
    [*"ab1-_é中😀,/ ", ".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\.", r"\n", r"\u{1F600}",
     r"\x61", "[^]", "[]", "[ab]", "[^ab]", r"[\d_]", r"[^\s1]", "[a-z]", "[é-中]", r"[^\W]",
     r"\p{L}", r"\P{Ll}", r"[^\p{N}b]", "[-a]", "[a-]", "^", "$", r"\b", r"\B"]
)  # fmt: skip
COUNTS = st.sampled_from(
    ["*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "{0}", "{3,4}", "*?", "{1,1500}"]
)


def repeated(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("(?:{}){}".format, inner, COUNTS)


PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map("|".join).map("({})".format),
        st.builds("(?<n>{})".format, inner).filter(lambda text: text.count("?<n>") == 1),
        repeated(inner),
    ),
    max_leaves=8,
)
ANCHORED = st.builds(
    "{}{}{}".format, st.sampled_from(["", "^"]), PATTERNS, st.sampled_from(["", "$"])
)
DRAWN = st.text(st.sampled_from(LETTERS), max_size=9)


def test_generated_patterns_match_the_same_in_chromium(page: Page) -> None:
    pairs: list[tuple[str, str]] = []

    @settings(
        max_examples=1500 if IS_WHOLE else 300, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(ANCHORED, st.lists(DRAWN, min_size=3, max_size=6))
    def collect(pattern: str, texts: list[str]) -> None:
        pairs.extend((pattern, text) for text in ["", "a", "aab1", *texts])

    collect()
    said = ask(page, pairs)
    ours = [decide(*pair) for pair in pairs]
    assert len({theirs for theirs in said if theirs is not None}) == len({True, False})
    assert [(*pair, mine) for pair, mine, theirs in zip(pairs, ours, said, strict=True)
            if mine is not theirs and None not in {mine, theirs}] == []  # fmt: skip
    # Patterns that are too large to be checked are left to the service; they are rare.
    unread = {pattern for (pattern, _), mine in zip(pairs, ours, strict=True) if mine is None}
    assert len(unread) < len(pairs) / 100


def test_the_pattern_attribute_decides_as_the_server_does(page: Page) -> None:
    given = [
        r"^[a-z]{1,3}$",
        r"^\d+x\d+$",
        r"^\w+$",
        r"^\S+$",
        "^(ab|1a)$",
        r"^[\d.]+$",
        "^a-b$",
        "^.$",
    ]
    patterns = list(filter(is_for_browsers, given))
    assert patterns == given
    page.set_content("<input>")
    for pattern in patterns:
        for text in [each for each in TEXTS if each and not re.search(r"[\r\n]", each)]:
            valid = page.evaluate(
                """([pattern, text]) => { const box = document.querySelector("input");
                box.pattern = pattern; box.value = text; return box.validity.valid }""",
                [pattern, text],
            )
            assert (pattern, text, valid) == (pattern, text, decide(pattern, text))
