"""Variables in a text: how they are parsed, and what is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs import variables
from playground.runs.variables import Variable, fill_text, list_variables, parse, write_text

NAMES = st.sampled_from(["a", "animal", "Größe", "动物", "a-b_1"])
KINDS = st.sampled_from(["", ":cat|dog", ":1..9", ":-1.5 .. 2", ":x", ":", ":|", ":9..1"])
BRACED = st.builds("{}{{{{{}{}}}}}".format, st.sampled_from(["", "\\", "\\\\", "{"]), NAMES, KINDS)
TEXTS = st.lists(
    st.one_of(st.text(max_size=20), st.text("{}\\:|.ab1 \n", max_size=20), BRACED), max_size=8
).map("".join)


@given(TEXTS)
def test_a_parsed_template_is_written_back_unchanged(text: str) -> None:
    assert write_text(parse(text)) == text


@given(TEXTS)
def test_escaped_braces_are_sent_unescaped(text: str) -> None:
    escaped = variables.escape_text(text)
    assert list_variables([escaped]) == ()
    assert fill_text(escaped, {}) == text


@given(TEXTS, st.text(max_size=9))
def test_only_variables_are_replaced(text: str, value: str) -> None:
    parts = parse(text)
    values = {part.name: value for part in parts if isinstance(part, Variable)}
    expected = "".join(value if isinstance(part, Variable) else part.text for part in parts)
    assert fill_text(text, values) == expected
    assert len(list_variables([text])) == len(values)


@given(TEXTS, st.text(max_size=9))
def test_a_variable_value_is_accepted_or_refused_with_a_message(text: str, value: str) -> None:
    for variable in list_variables([text]):
        message = variable.complain(value)
        assert isinstance(message, str)
        if not message and variable.choices:
            assert value in variable.choices


@pytest.mark.parametrize(
    "text",
    [
        "{}", "{{}}", "{{ }}", "{{a b}}", "{{1}}", "{{{a}}}", "{{#if x}}", "{{/if}}", "{{a.b}}",
        "{{a:b}}", "{{a:9..1}}", "{{a:|}}", "{{a\n}}", '{"a": {"b": 1}}', r"\frac{{\bf x}}{2}",
        "{%a%}", "{{a}", "{a}}", r"\{{\bf x}}", "{{a|upper}}",
    ],
)  # fmt: skip
def test_braces_that_are_no_variable_are_sent_unchanged(text: str) -> None:
    assert list_variables([text]) == ()
    assert fill_text(text, {"a": "wrong", "b": "wrong"}) == text


def test_a_backslash_escapes_a_variable() -> None:
    assert fill_text(r"\{{a}} {{a}} \\{{a}}", {"a": "1"}) == r"{{a}} 1 \{{a}}"


def test_substitution_is_not_recursive() -> None:
    assert fill_text("{{a}}", {"a": "{{b}}", "b": "wrong"}) == "{{b}}"


def test_a_repeated_variable_is_asked_for_once_with_its_type() -> None:
    (animal,) = list_variables(["a {{animal}}", "the {{ animal : cat | dog|cat }}, {{animal}}"])
    assert animal.choices == ("cat", "dog")


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("{{a}}", ["x", "0"], ["", " "]),
        ("{{a:cat|dog}}", ["cat", "dog"], ["", "cow", "cat "]),
        ("{{a:1..9}}", ["1", "9", "05"], ["", "0", "10", "1.5", "x", "1e0", "٣", "NaN"]),
        ("{{a:-0.5..1}}", ["-0.5", "0.25", "1"], ["", "-0.6", "1.01", "Infinity"]),
    ],
)
def test_a_value_must_fit_its_variable(text: str, good: list[str], bad: list[str]) -> None:
    (variable,) = list_variables([text])
    assert not any(variable.complain(value) for value in good)
    assert all(variable.complain(value) for value in bad)
