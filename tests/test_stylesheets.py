"""Each class name belongs to one component: only one stylesheet may style it by itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2

ROOT = Path(__file__).parents[1]
STYLES = ROOT / "static" / "css"
COMBINATORS = {">", "+", "~"}
HOLDS_RULES = {"media", "layer", "supports", "container"}


def read_rules(nodes: Iterable[Any]) -> Iterator[Any]:
    """Return the top-level rules, including those nested in @media and similar at-rules."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield node
        elif node.type == "at-rule" and node.lower_at_keyword in HOLDS_RULES and node.content:
            yield from read_rules(tinycss2.parse_blocks_contents(node.content, skip_comments=True))


def split(tokens: Iterable[Any], at: set[str]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for token in tokens:
        if token.type == "literal" and token.value in at:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def read_compounds(selector: list[Any]) -> list[list[Any]]:
    """Return the compound selectors of a complex selector, each a list of tokens."""
    compounds = []
    for part in split(selector, COMBINATORS):
        compound: list[Any] = []
        for token in [*part, None]:
            if token is None or token.type == "whitespace":
                if compound:
                    compounds.append(compound)
                compound = []
            elif token.type != "comment":
                compound.append(token)
    return compounds


def read_classes(compound: list[Any]) -> Iterator[str]:
    """Return the classes that a compound selector requires, or offers in an `:is()`."""
    for before, token in zip([None, *compound], compound, strict=False):
        if token.type == "ident" and before is not None and before == ".":
            yield token.value
        if token.type == "function" and token.lower_name in {"is", "where"}:
            for selector in split(token.arguments, {","}):
                if len(found := read_compounds(selector)) == 1:
                    yield from read_classes(found[0])


def read_own_classes(style: str) -> set[str]:
    """Return the classes that a stylesheet styles in any context.

    These have a rule with one compound; several (`.card .tag`) apply in one context only.
    """
    rules = read_rules(tinycss2.parse_stylesheet(style, skip_comments=True))
    selectors = (selector for rule in rules for selector in split(rule.prelude, {","}))
    alone = (found[0] for selector in selectors if len(found := read_compounds(selector)) == 1)
    return {name for compound in alone for name in read_classes(compound)}


@pytest.mark.parametrize(
    ("style", "classes"),
    [
        (".a { color: red }", {"a"}),
        (".a, .b:hover { color: red }", {"a", "b"}),
        ("textarea.a.b[data-c]::before { color: red }", {"a", "b"}),
        (".a .b, .a > .b, .a + .b { color: red }", set()),
        (".a { & .b { color: red } }", {"a"}),
        ("@media print { .a { color: red } }", {"a"}),
        ("@layer x { @media print { :is(.a, .b .c) { color: red } } }", {"a"}),
        (".a:not(.b):has(.c) { color: red }", {"a"}),
    ],
)
def test_a_rule_of_one_compound_holds_wherever_its_classes_are(
    style: str, classes: set[str]
) -> None:
    assert read_own_classes(style) == classes


def test_no_class_is_styled_as_the_component_of_two_files() -> None:
    files = defaultdict(set)
    for path in STYLES.rglob("*.css"):
        for name in read_own_classes(path.read_text()):
            files[name].add(str(path.relative_to(STYLES)))
    assert len(files) > 100
    assert {name: sorted(found) for name, found in files.items() if len(found) > 1} == {}
