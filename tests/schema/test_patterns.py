"""Patterns: their meaning, their linear time, and the note on patterns that are not checked."""

import itertools
import re
import time

import pytest

from playground.schema import SchemaForm
from playground.schema.messages.keyword_messages import say_too_much
from playground.schema.reading.patterns import find_pattern, is_for_browsers, read_pattern
from playground.schema.reading.regex.tree import PatternError
from tests.tables import sample

LETTERS = 10_000
MILLISECONDS = 0.1  # limit of processor time for the slowest; most take a tenth
LONG_TEXTS = ["a" * LETTERS, "a" * LETTERS + "1", "ab" * (LETTERS // 2), "a" * (LETTERS - 1) + "b"]

# Patterns on which backtracking engines like Python's `re` take exponential time.
EXPLOSIVE = {
    r"(a+)+$": [1, 0, 0, 0],
    r"(a|a)*b": [0, 0, 1, 1],
    r"(.*)*x": [0, 0, 0, 0],
    r"^(a|a?)+$": [1, 0, 0, 0],
    r"(a*){1,16}b": [0, 0, 1, 1],
    r"^(a?){30}a{30}$": [0, 0, 0, 0],
    r"(a{0,16}){0,16}$": [1, 1, 1, 1],
    r"^(((a{1,16}){1,16}){1,16}){1,16}$": [1, 0, 0, 0],
    r"(?:(?:a?){16}){16}b": [0, 0, 1, 1],
    r"((a|b|ab|ba){1,16}){1,16}c": [0, 0, 0, 0],
    r"^((a{1,15}){1,15}){1,15}b$": [0, 0, 0, 0],
    "a?" * 30 + "a" * 30: [1, 1, 0, 1],
    r"^(.*a){16}$": [1, 0, 0, 0],
    r"^(a+){1,16}$": [1, 0, 0, 0],
    r"^(a{1,16}){1,16}$": [0, 0, 0, 0],
    r"^([a-zA-Z]+ ?){1,12}$": [1, 0, 1, 1],
    r"(x+x+)+y": [0, 0, 0, 0],
    r"^(([a-z])+.)+[A-Z]([a-z])+$": [0, 0, 0, 0],
}


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_a_pattern_is_fast_on_a_long_text(pattern: str) -> None:
    began = time.process_time()
    verdicts = [int(read_pattern(pattern).accepts(text)) for text in LONG_TEXTS]
    assert time.process_time() - began < MILLISECONDS * len(LONG_TEXTS)
    assert verdicts == EXPLOSIVE[pattern]


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest"),
    [
        ("^.{1,2000}$", 1, 2000),
        (r"^[\s\S]{1,10000}$", 1, 10_000),
        (r"^(?:.{1,3000})$", 1, 3000),
        ("^(a{2,50}){1,100}$", 2, 5000),
        (r"^\p{L}{1,100}$", 1, 100),
        (r"^a{5,100000}$", 5, 100_000),
        (r"^a.{0,1998}a?$", 1, 2000),
        (r"^a(.{0,1998}a)?$", 1, 2000),
        (r"^[ab]{1500,}$", 1500, None),
        (r"^a{1,1000}b{0,1000}$", 1, 1000),
    ],
)
def test_a_long_repetition_count_is_exact(pattern: str, shortest: int, longest: int | None) -> None:
    found = read_pattern(pattern)
    assert found.accepts("a" * shortest)
    assert not found.accepts("a" * (shortest - 1))
    assert found.accepts("a" * (longest or 200_000))
    assert longest is None or not found.accepts("a" * (longest + 1))


def test_repetition_counts_characters_not_bytes() -> None:
    assert read_pattern("^.{1,2000}$").accepts("😀" * 2000)
    assert not read_pattern("^.{1,2000}$").accepts("😀" * 2001)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("^(?!no)", "^Looking ahead or behind"),
        ("(?<=a)b", "^Looking ahead or behind"),
        (r"(a)\1", "^Referring back"),
        (r"(?<n>a)\k<n>", "^Referring back"),
        ("(?i:a)", "^Switching flags"),
        ("(", r"^Character 2: a \) is missing\.$"),
        ("a)", r"^Character 2: there is a \) too many\.$"),
        ("[z-a]", "wrong way round"),
        ("a{2,1}", "wrong way round"),
        ("a{,5}", "nothing for the braces to repeat"),
        ("*a", "nothing to repeat"),
        (r"\p{Emoji}", "property of characters is unknown"),
        (r"\Aa\Z", "this backslash means nothing"),
        (r"(?P<n>a)", "a group cannot begin like this"),
        (r"\2", "group that it refers to does not exist"),
        (r"\u{110000}", "no character with this number"),
        ("(" * 200 + ")" * 200, "nested too deeply"),
        ("a" * 10_001, "longer than 10,000 characters"),
        ("^(?:(?:ab){0,1000}c){0,1000}$", "too large"),
        ("(?:a{1000}){1000}b.{9000}", "too large"),
    ],
)
def test_a_note_says_why_a_pattern_is_not_checked(pattern: str, why: str) -> None:
    with pytest.raises(PatternError, match=why):
        read_pattern(pattern)
    form = SchemaForm({"type": "object", "properties": {"a": {"pattern": pattern}}})
    (note,) = form.notes
    assert note.pointer == "/properties/a/pattern"
    assert re.match(r"The pattern .+ is not checked\. [A-Z].+\.$", note.message)
    assert form.validate({"a": "whatever"}) == {}


UNCHECKED = {"pattern": "(?=a)b"}


@pytest.mark.parametrize(
    "schema",
    [
        UNCHECKED,
        {"not": UNCHECKED},
        {"not": {"not": UNCHECKED}},
        {"not": {"anyOf": [UNCHECKED, {"type": "null"}]}},
        {"oneOf": [UNCHECKED, UNCHECKED]},
        {"oneOf": [UNCHECKED, {"type": "string"}]},
        {"if": UNCHECKED, "then": {"maxLength": 1}, "else": {"minLength": 99}},
        {"$ref": "#/$defs/u", "$defs": {"u": UNCHECKED}, "not": {"$ref": "#/$defs/u"}},
    ],
)
def test_an_unchecked_pattern_accepts_any_text(schema: dict[str, object]) -> None:
    assert SchemaForm({"type": "string", **schema}).validate("text") == {}


@pytest.mark.parametrize(
    "rest",
    [
        {"additionalProperties": False},
        {"additionalProperties": {"type": "null"}},
        {"unevaluatedProperties": False},
        {"propertyNames": {"not": UNCHECKED}},
        {"properties": {"list": {"contains": UNCHECKED, "maxContains": 0}}},
    ],
)
def test_an_unchecked_pattern_accepts_any_object(rest: dict[str, object]) -> None:
    schema = {"type": "object", "patternProperties": {"(?=a)": {"type": "null"}}, **rest}
    assert SchemaForm(schema).validate({"key": "text", "list": ["text"]}) == {}


@pytest.mark.parametrize(
    ("schema", "value", "is_valid"),
    [
        ({"oneOf": [{"pattern": "a"}, {"pattern": "b"}]}, "ab", False),
        ({"oneOf": [{"pattern": "a"}, {"pattern": "b"}]}, "c", False),
        ({"oneOf": [{"pattern": "a"}, {"pattern": "b"}]}, "b", True),
        ({"not": {"pattern": "a"}}, "a", False),
        ({"if": {"pattern": "a"}, "then": {"maxLength": 1}, "else": {"minLength": 3}}, "ab", False),
        ({"if": {"pattern": "a"}, "then": {"maxLength": 1}, "else": {"minLength": 3}}, "cc", False),
        ({"contains": {"pattern": "a"}, "maxContains": 1}, ["a", "a"], False),
        ({"contains": {"pattern": "a"}, "minContains": 2}, ["a", "b"], False),
        ({"contains": {"pattern": "a"}, "minContains": 2}, ["a", "a", "b"], True),
        ({"patternProperties": {"^x": {}}, "unevaluatedProperties": False}, {"x": 1}, True),
        ({"patternProperties": {"^x": {}}, "unevaluatedProperties": False}, {"y": 1}, False),
        ({"allOf": [{"properties": {"y": {}}}], "unevaluatedProperties": False}, {"y": 1}, True),
        ({"patternProperties": {"^x": {}}, "additionalProperties": False}, {"y": 1}, False),
    ],
)
def test_checked_patterns_decide_as_before(
    schema: dict[str, object], value: object, *, is_valid: bool
) -> None:
    assert (SchemaForm(schema).validate(value) == {}) is is_valid


def test_a_regex_format_field_accepts_any_regular_expression() -> None:
    form = SchemaForm({"type": "string", "format": "regex"})
    assert form.validate(r"^(?!no)(a)\1$") == {}
    assert form.validate("(") != {}


SLOW = [f"a.{{500}}b{number}" for number in range(200)]
OF_KEYS: dict[str, object] = {"patternProperties": {each: {} for each in SLOW}}
OF_VALUES = {"allOf": [{"pattern": each} for each in SLOW]}


@pytest.mark.parametrize(
    ("schema", "said"),
    sample(
        [
            (OF_KEYS | {"additionalProperties": False}, {}),
            (OF_KEYS | {"unevaluatedProperties": False}, {}),
            ({"additionalProperties": OF_VALUES}, {"": [say_too_much()]}),
            ({"additionalProperties": {"allOf": [{"minLength": 1}] * 200}}, {"": [say_too_much()]}),
        ],
        2,
    ),
)
def test_all_pattern_checks_of_a_form_share_a_step_limit(
    schema: dict[str, object], said: dict[str, object]
) -> None:
    form = SchemaForm({"type": "object", **schema})
    value = {f"{number} a{'x' * 200}": "a" + "x" * 100 for number in range(20_000)}
    began = time.process_time()
    assert form.validate(value).items() >= said.items()
    assert time.process_time() - began < 20


def test_reading_a_schema_with_many_patterns_is_bounded() -> None:
    patterns = [{"pattern": f"a.{{1,2000}}{number}.{{1,1000}}b"} for number in range(3000)]
    began = time.process_time()
    notes = SchemaForm({"allOf": patterns}).notes
    assert time.process_time() - began < 15
    assert "The schema has too many patterns" in notes[-1].message


def test_a_slow_pattern_on_a_long_text_is_left_to_the_provider() -> None:
    found = read_pattern("a.{500}b")
    assert not found.accepts("a" * 10_000)
    assert found.decide("a" * 5_000_000) is None
    assert found.accepts("a" * 5_000_000)


@pytest.mark.parametrize(
    ("pattern", "is_given"),
    [
        ("^[a-z]{2,5}$", True),
        (r"^\d+x\d+$", True),
        (r"^\d$", True),
        ("^(png|jpg|webp)$", True),
        ("^#[0-9A-Fa-f]{6}$", True),
        ("^a|b$", False),
        ("[a-z]", False),
        ("^(a+)+$", False),
        ("^(((a{1,16}){1,16}){1,16}){1,16}$", False),
        ("^a*a*a*a*b$", False),
        ("^a{0,99}a{0,99}a{0,99}b$", False),
        ("^.*a.*b.*c$", False),
        ("^(a|a)(a|a)(a|a)(a|a)$", False),
        (r"^\p{L}$", False),
    ],
)
def test_a_browser_gets_only_safe_patterns_that_it_reads_alike(
    pattern: str, *, is_given: bool
) -> None:
    assert is_for_browsers(pattern) is is_given


def test_choosing_patterns_for_browsers_is_fast() -> None:
    began = time.process_time()
    for piece, times in itertools.product(("[a]", "a*", "(a)", "[aa]{2}", r"\."), (30, 900)):
        is_for_browsers(f"^{piece * times}!$?")
    assert time.process_time() - began < 5


def test_a_lone_surrogate_is_matched_like_any_character() -> None:
    assert read_pattern("^.$").accepts("\ud800")
    assert find_pattern(r"\ud800")
