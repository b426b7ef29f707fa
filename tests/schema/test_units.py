"""The unit of a number is shown beside its limits."""

import pytest

from playground.schema import SchemaForm


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"minimum": 1, "maximum": 60}, "1 to 60 seconds"),
        ({}, "In seconds"),
    ],
)
def test_a_unit_is_shown_below_its_number(keywords: dict[str, int], said: str) -> None:
    number = {"type": "integer", "x-playground": {"unit": "seconds"}, **keywords}
    assert said in SchemaForm({"type": "object", "properties": {"length": number}}).render()
