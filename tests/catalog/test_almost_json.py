"""Almost valid JSON is repaired and read, or its error is reported."""

import html
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.almost_json import read_almost
from playground.catalog.json_repair import repair
from playground.catalog.json_text import read_json
from playground.catalog.schema_search import find_schemas
from playground.schema import JSONError
from tests.catalog.pages import SCHEMA

PLAIN = json.dumps(SCHEMA, indent=2)
TEXTS: dict[str, Any] = {
    "properties": {
        "quote": {"description": '“So” he said: "don\'t", ‘no’ – \\d \xa0 &quot; // # /* */ ,}'},
        "next": {"default": True, "enum": [None, False, -1.5]},
    }
}


def with_typographic_quotes(text: str) -> str:
    """Return JSON with typographic quotes, as Word makes them; its strings must not have quotes."""
    opened = False
    letters = []
    for letter in text:
        letters.append({True: "”", False: "“"}[opened] if letter == '"' else letter)
        opened ^= letter == '"'
    return "".join(letters)


def found(text: str) -> dict[str, Any]:
    finding = find_schemas(text)
    assert [each.line for each in finding.candidates][1:] == [], finding.problem
    return finding.candidates[0].read_schema()


WAYS = {
    "typographic quotes": with_typographic_quotes(PLAIN),
    "low and high quotes": with_typographic_quotes(PLAIN).replace("“", "„").replace("”", "“"),
    "single typographic quotes": with_typographic_quotes(PLAIN).replace("“", "‘").replace("”", "’"),
    "unusual spaces": PLAIN.replace("  ", "\xa0 "),
    "spaces of no width": PLAIN.replace(": ", ":\u200b "),
    "quotes of HTML": PLAIN.replace('"', "&quot;"),
    "numbered quotes of HTML": PLAIN.replace('"', "&#34;").replace("  ", "&nbsp; "),
    "Python": repr(SCHEMA),
    "Python in a line of code": f"schema = {SCHEMA!r}\nprint(schema)",
    "JavaScript": PLAIN.replace('"type":', "type:").replace('"properties":', "properties:"),
    "line numbers": "".join(f"{n:>3} {line}\n" for n, line in enumerate(PLAIN.splitlines(), 1)),
    "line numbers and tabs": "".join(
        f"{n}\t{line}\n" for n, line in enumerate(PLAIN.splitlines(), 1)
    ),
    "line numbers between": "".join(
        f"{n}\n{line}\n" for n, line in enumerate(PLAIN.splitlines(), 1)
    ),
    "line numbers and bars": "".join(
        f"{n} | {line}\n" for n, line in enumerate(PLAIN.splitlines(), 1)
    ),
    "a mail": "".join(f"> {line}\n" for line in PLAIN.splitlines()),
    "comments": PLAIN.replace("{\n", "{ // a 'comment'\n").replace("[\n", "[ /* two\n lines */\n"),
    "comments of Python": PLAIN.replace(",\n", ', # it\'s "one"\n'),
    "commas too many": PLAIN.replace("\n}", ",\n}").replace("\n  ]", ",\n  ]"),
    "full-width punctuation": PLAIN.replace('":', '"：').replace(",\n", "，\n"),
    "escaped once more": json.dumps(PLAIN),
    "escaped without quotes": json.dumps(json.dumps(SCHEMA))[1:-1],
    "the source of a page": f"<!doctype html><body><pre>{html.escape(PLAIN)}</pre></body>",
    "coloured source of a page": "<pre>"
    + re.sub(r'("[^"]*")', r"<span class='s'>\1</span>", PLAIN)
    + "</pre>",
    "prose around it": f"The schema:\n\n{with_typographic_quotes(PLAIN)}\n\nis “good”.",
    "a fence of Markdown": f"# Model\n\n```json\n{PLAIN.replace('{', '{ // so', 1)}\n```\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_schema_with_mistakes_is_repaired(way: str) -> None:
    assert found(WAYS[way]) == SCHEMA


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("typographic quotes", "typographic quotes"),
        ("unusual spaces", "unusual spaces"),
        ("line numbers", "line numbers"),
        ("comments", "comments"),
        ("commas too many", "commas at the end"),
    ],
)
def test_each_repair_is_reported(way: str, said: str) -> None:
    (note,) = find_schemas(WAYS[way]).notes
    assert "not quite JSON, but it could be read" in note
    assert said in note


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TEXTS, ensure_ascii=False)[:-1] + ",}",
        json.dumps(TEXTS, ensure_ascii=False).replace(": {", ":\xa0{"),
        repr(TEXTS),
        f"{{// so\n{json.dumps(TEXTS, ensure_ascii=False)[1:]}",
    ],
)
def test_string_contents_are_not_repaired(text: str) -> None:
    assert found(text) == TEXTS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 'it\\'s', 'b': \"it's\", 'c': '\"'}", {"a": "it's", "b": "it's", "c": '"'}),
        (r"{'a': '\x41\u0042\U0001f600\n\d'}", {"a": "AB😀\n\\d"}),
        (r"{'a': r'\d\n'}", {"a": r"\d\n"}),
        ("{'a': '''two\nlines''', \"b\": \"\"\"x\"\"\"}", {"a": "two\nlines", "b": "x"}),
        ("{a: `two\nlines`, $b: undefined}", {"a": "two\nlines", "$b": None}),
        ("{'a': (1, 2,), 'b': u'x', 'c': b'y'}", {"a": [1, 2], "b": "x", "c": "y"}),
        ("{'a': .5, 'b': 5., 'c': +1, 'd': 0x1F, 'e': 1_000, 'f': −5}",
         {"a": 0.5, "b": 5.0, "c": 1, "d": 31, "e": 1000, "f": -5}),
        ('{“a”: “He said "hi"”, “b”: “it’s”}', {"a": 'He said "hi"', "b": "it’s"}),
        ('{"a”: "b", “c": 1}', {"a": "b", "c": 1}),
        ("{&quot;a&quot;: &quot;x &amp; &lt;y&gt; \\&quot;&quot;}", {"a": 'x & <y> "'}),
        ("{\"a\": \"it\\'s \\x41\tb\"}", {"a": "it's A\tb"}),
        ("{'a': True, 'b': None, 'c': False}", {"a": True, "b": None, "c": False}),
        ("['a', 1,]", ["a", 1]),
        ("{}", {}),
    ],
)  # fmt: skip
def test_literals_of_other_languages_keep_their_meaning(text: str, value: Any) -> None:
    assert json.dumps(read_almost(text)) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": “b" 1 "c}', "Line 1, column 7: these are typographic quotes"),
        ("{'a' 1}", "Line 1, column 2: this is a single quote"),
        ('{"a": &quot;b}', "Line 1, column 7: this is a quote written as HTML"),
        ('{"a": 1 /* no end', "Line 1, column 9: JSON has no comments"),
        ('{"a": True', "Line 1, column 7: this is Python"),
        ('{"a": 1,\xa0b', "Line 1, column 9: this is a special space"),
        ('{"a": 1, ...}', "Line 1, column 10: replace the dots"),
        ('{"a": {…}}', "Line 1, column 8: replace the dots"),
        ("{a: b}", "Line 1, column 2: put this name in double quotes"),
        ('{"a": "\\d"}', "Line 1, column 8: JSON does not know this backslash"),
        ('{"a" 1}', "Line 1, column 6: a colon is missing"),
        ("{'a': NaN}", "Line 1, column 2: this is a single quote"),
        ('{"a": 1} {"b": 2}', "Line 1, column 10: the JSON ends before this"),
    ],
)
def test_an_irreparable_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(JSONError) as raised:
        read_almost(text)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        repr(SCHEMA).replace("'title': 'Prompt'", "'title' 'Prompt'"),
        with_typographic_quotes(PLAIN).replace("“title”:", "“title”"),
        repr(SCHEMA)[:-1],
        PLAIN.replace('"n": {', '"n": { /* no end '),
    ],
)
def test_a_fragment_of_a_broken_document_is_not_taken_for_the_whole(text: str) -> None:
    assert find_schemas(text).candidates == ()
    assert find_schemas(f"Prose first. {text}").candidates == ()


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        TEXT,
        inner,
        max_size=3,
    ),
    max_leaves=10,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["a", "b", "“c”"]), JSON, max_size=3))
def test_any_python_repr_is_read(value: dict[str, Any]) -> None:
    assert read_json(repair(repr(value), 0).text) == value
    assert read_json(repair(json.dumps(value, ensure_ascii=False, indent=1), 0).text) == value


@given(st.text(alphabet="{}[]()\"'“”‘’`\\,:/*#&quot;abTrueNone1.-_ \n\t\xa0", max_size=60))
def test_any_text_is_repaired_or_refused(text: str) -> None:
    find_schemas(text)
    find_schemas("{" + text)
