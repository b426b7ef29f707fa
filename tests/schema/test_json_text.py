"""The reader of typed JSON, whose errors give position and reason."""

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.catalog import json_text
from playground.schema import JSONError, SchemaForm, read_json
from playground.schema.json_text import MAX_DEPTH

WRONG = [
    ('{"a": 1 "b"}', "Line 1, column 9: a comma or a closing bracket is missing"),
    ("{'a': 1}", "JSON needs double quotes"),
    ('{"a":\n tru}', "Line 2, column 2: a value is missing"),
    ('{"a": NaN}', "NaN is not a JSON number"),
    ('{"a": 1e999}', "number 1e999 is too large"),
    (f'{{"a": {"9" * 5000}}}', "a number that is too long"),
    ('{"a": "\\ud800"}', "characters that cannot be stored"),
    ('{"a\\u0000": 1}', "characters that cannot be stored"),
    ("[" * 5000, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_every_json_field_reports_its_errors(text: str, said: str) -> None:
    form = SchemaForm({"type": "object", "properties": {"raw": {}}})
    sent: MultiValueDict[str, Any] = MultiValueDict({"/raw": [text]})
    assert said in " ".join(form.parse(sent).errors["/raw"])
    for read in (read_json, json_text.read_json):
        with pytest.raises(JSONError, match=r".") as raised:
            read(text)
        assert said in str(raised.value)


def test_a_schema_may_be_nested_deeper_than_a_value() -> None:
    text = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    assert json_text.read_json(text)
    with pytest.raises(JSONError, match="too deeply"):
        read_json(text)


def test_large_integers_stay_exact() -> None:
    assert read_json(f'{{"a": {2**70}}}') == {"a": 2**70}
