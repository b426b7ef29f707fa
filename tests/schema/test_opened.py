"""A form that was opened is one tree: drawn, validated and read without being built again."""

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import ABSENT, SchemaForm
from playground.schema.messages.keyword_messages import say_too_much

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "prompt": {"type": "string", "x-playground": {"widget": "textarea"}},
        "tags": {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]},
        "n": {"type": "integer", "maximum": 4, "default": 1},
        "token": {"type": "string", "writeOnly": True},
    },
}
FORM = SchemaForm(SCHEMA)


@pytest.mark.parametrize("value", [{"prompt": "a"}, {"n": 9, "more": 1}, [], None, ABSENT])
def test_it_is_drawn_and_judged_as_the_form_draws_and_judges_its_value(value: Any) -> None:
    opened, errors = FORM.open(value), FORM.validate(value)
    assert opened.render(errors) == FORM.render(value, errors)
    assert opened.validate(value) == errors


def test_an_untouched_form_is_the_one_that_opens_with_its_initial_value() -> None:
    assert FORM.untouched.value == FORM.initial() == {"tags": ["a", "b"], "n": 1}
    assert FORM.untouched.render() == FORM.render(FORM.initial())


def test_who_changes_an_initial_value_changes_no_form() -> None:
    FORM.initial()["tags"].append("c")
    assert FORM.initial() == SchemaForm(SCHEMA).initial() == {"tags": ["a", "b"], "n": 1}


def test_what_was_sent_is_judged_with_another_text_in_it() -> None:
    sent = FORM.parse(MultiValueDict({"/prompt": ["a {{b}}"], "/n": ["many"]}))
    assert sent.long_texts() == {"/prompt": "a {{b}}"}
    assert sent.validate({"prompt": "a c"}) == sent.errors
    assert list(sent.errors) == ["/n"]


def test_another_value_is_judged_within_the_same_bounds() -> None:
    form = SchemaForm(
        {"type": "object", "additionalProperties": {"allOf": [{"minLength": 1}] * 200}}
    )
    sent = form.parse(MultiValueDict({}))
    assert sent.validate({str(number): "x" for number in range(5000)}) == {"": [say_too_much()]}
