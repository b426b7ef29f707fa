"""Adding, removing and moving rows and parts keeps typed values."""

import re
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import ABSENT, Edit, EditAction, SchemaForm, Submission
from tests.html import parse as read
from tests.schema.browser import send, submit

LIST = {
    "type": "object",
    "properties": {
        "note": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"x": {"type": "integer", "default": 7}},
                "required": ["x"],
            },
        },
    },
}
SIZE = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {
            "oneOf": [
                {"type": "string", "title": "Named"},
                {
                    "title": "Custom",
                    "type": "object",
                    "properties": {
                        "width": {"type": "integer", "default": 512},
                        "height": {"type": "integer"},
                    },
                    "required": ["width"],
                },
            ]
        }
    },
}


def press(form: SchemaForm, button: str, value: Any = ABSENT, **typed: str) -> Submission:
    return form.parse(submit(form.render(value), button, **typed), initial=value)


def again(form: SchemaForm, sent: Submission, value: Any = ABSENT, **changes: str) -> Submission:
    data = send(read(form.render(sent)))
    for name, text in changes.items():
        data[name.replace("__", "/")] = text
    return form.parse(data, initial=value)


def test_a_row_is_added_with_its_defaults() -> None:
    form = SchemaForm(LIST)
    sent = press(form, "add /items", note="kept")
    assert sent.edit == Edit(action=EditAction.ADD, pointer="/items")
    assert sent.value == {"note": "kept"}
    assert again(form, sent).value == {"note": "kept", "items": [{"x": 7}]}


def test_invalid_numbers_are_kept_while_rows_are_added_and_removed() -> None:
    form = SchemaForm(LIST)
    before = {"items": [{"x": 1}, {"x": 2}]}
    data = submit(form.render(before), "remove /items/0")
    data["/items/1/x"] = "two"
    sent = form.parse(data, initial=before)
    assert 'value="two"' in form.render(sent)
    assert again(form, sent, before).errors == {
        "/items/0/x": ["Enter a number, using digits only"],
    }


def test_rows_move() -> None:
    form = SchemaForm(LIST)
    before = {"items": [{"x": 1}, {"x": 2}, {"x": 3}]}
    sent = press(form, "down /items/0", before)
    assert again(form, sent, before).value == {"items": [{"x": 2}, {"x": 1}, {"x": 3}]}
    sent = press(form, "up /items/2", before)
    assert again(form, sent, before).value == {"items": [{"x": 1}, {"x": 3}, {"x": 2}]}


def test_hidden_values_of_a_row_move_with_the_row() -> None:
    form = SchemaForm(LIST)
    before = {"items": [{"x": 1, "unseen": "a"}, {"x": 2, "unseen": "b"}]}
    sent = press(form, "remove /items/0", before)
    assert again(form, sent, before).value == {"items": [{"x": 2, "unseen": "b"}]}


def test_another_branch_shows_its_defaults_in_the_first_response() -> None:
    form = SchemaForm(SIZE)
    data = submit(form.render())
    data["~pick/size"] = "1"  # without the button beside it
    sent = form.parse(data)
    assert sent.edit == Edit(action=EditAction.PICK, pointer="/size")
    assert again(form, sent).value == {"size": {"width": 512}}


def test_switching_a_branch_back_restores_its_values() -> None:
    form = SchemaForm(SIZE)
    custom = form.parse(MultiValueDict({"~was/size": ["0"], "~pick/size": ["1"]}))
    data = send(read(form.render(custom)))
    data["/size/height"], data["~pick/size"] = "33", "0"
    named = form.parse(data)
    assert "height" not in str(named.value)
    data = send(read(form.render(named)))
    data["~pick/size"] = "1"
    restored = form.parse(data)
    assert again(form, restored).value == {"size": {"width": 512, "height": 33}}


def test_a_recursive_schema_opens_one_level_at_a_time() -> None:
    tree = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#"}}}
    form = SchemaForm(tree)
    sent = press(form, "add /next")
    data = send(read(form.render(sent)))
    data["/next/name"] = "leaf"
    assert form.parse(data).value == {"next": {"name": "leaf"}}
    data.appendlist("~do", "remove /next")
    assert again(form, form.parse(data)).value == {}


def test_values_that_no_longer_apply_are_set_aside() -> None:
    form = SchemaForm(
        {
            "type": "object",
            "properties": {"mode": {"enum": ["a", "b", "c", "d", "e", "f"]}},
            "if": {"properties": {"mode": {"const": "a"}}, "required": ["mode"]},
            "then": {"properties": {"extra": {"type": "string"}}},
        }
    )
    value = {"mode": "a", "extra": "typed"}
    data = submit(form.render(value))
    data["/mode"] = '"b"'
    sent = form.parse(data, initial=ABSENT)
    assert sent.value == {"mode": "b"}
    back = send(read(form.render(sent)))
    back["/mode"] = '"a"'
    shown = form.render(form.parse(back))
    assert 'value="typed"' in shown


def test_an_edit_of_an_unknown_pointer_changes_nothing() -> None:
    form = SchemaForm(LIST)
    for text in ("add /nowhere", "remove /items/9", "up ", "down /note", "dance /items"):
        sent = form.parse(MultiValueDict({"/note": ["x"], "~do": [text]}))
        assert again(form, sent).value == {"note": "x"}


@pytest.mark.parametrize("button", ["", "add /items", "up /items/2", "remove /items/0"])
def test_rows_have_the_same_pointers_after_the_next_check(button: str) -> None:
    """Otherwise the page would redraw the fields needlessly."""
    form = SchemaForm(LIST)
    before = {"items": [{"x": 1}, {"x": 2}, {"x": 3}]}
    sent = press(form, button, before) if button else form.parse(send(read(form.render(before))))
    checked = again(form, sent, before)
    assert read_pointers(form.render(sent)) == read_pointers(form.render(checked))
    assert len(read_pointers(form.render(sent))) > 4


def test_an_initial_row_has_the_same_pointer_after_the_next_check() -> None:
    form = SchemaForm({"type": "array", "items": {"type": "string"}})
    shown = form.render(["one"])
    checked = form.render(form.parse(send(read(shown)), initial=["one"]))
    assert read_pointers(shown) == read_pointers(checked)


def read_pointers(page: str) -> list[str]:
    return re.findall(r'data-pointer="([^"]*)"', page)
