"""An opened form builds its tree once, for drawing, validating and reading."""

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import ABSENT, SchemaForm
from playground.schema.drawing.composer import Shown
from playground.schema.drawing.form import draw_form
from playground.schema.files import DataURIFiles, Preview
from playground.schema.messages.keyword_messages import say_too_much
from playground.schema.opened import kept
from tests.schema.languages import using_language

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
def test_an_opened_form_is_drawn_and_validated_like_its_value(value: Any) -> None:
    opened, errors = FORM.open(value), FORM.validate(value)
    assert opened.render(errors) == FORM.render(value, errors)
    assert opened.validate(value) == errors


def test_an_untouched_form_is_the_one_that_opens_with_its_initial_value() -> None:
    assert FORM.untouched.value == FORM.initial() == {"tags": ["a", "b"], "n": 1}
    assert FORM.untouched.render() == FORM.render(FORM.initial())


def test_changing_an_initial_value_does_not_change_the_form() -> None:
    FORM.initial()["tags"].append("c")
    assert FORM.initial() == SchemaForm(SCHEMA).initial() == {"tags": ["a", "b"], "n": 1}


def test_a_posted_value_is_validated_with_a_replaced_text() -> None:
    sent = FORM.parse(MultiValueDict({"/prompt": ["a {{b}}"], "/n": ["many"]}))
    assert sent.long_texts() == {"/prompt": "a {{b}}"}
    assert sent.validate({"prompt": "a c"}) == sent.errors
    assert list(sent.errors) == ["/n"]


def test_a_replaced_value_is_validated_within_the_same_limits() -> None:
    form = SchemaForm(
        {"type": "object", "additionalProperties": {"allOf": [{"minLength": 1}] * 200}}
    )
    sent = form.parse(MultiValueDict({}))
    assert sent.validate({str(number): "x" for number in range(5000)}) == {"": [say_too_much()]}


VALUES: list[Any] = [
    ABSENT, {}, {"prompt": "a"}, {"prompt": "b"}, {"n": 1}, {"n": 1.0}, {"n": True}, {"n": "1"},
    {"tags": ["a", "b"]}, {"tags": []}, {"tags": "ab"}, [], None, 0, "", {"token": "s3cret"},
]  # fmt: skip


def draw_fresh(value: Any, *, unfolded: bool = False) -> str:
    shown = Shown(unfolded=unfolded, edited="")
    return str(draw_form(FORM.open(value).drawn, {}, DataURIFiles(), {}, shown))


@pytest.mark.parametrize("language", ["en", "x-marked"])
def test_a_cached_drawing_equals_a_fresh_one(language: str) -> None:
    kept.clear()
    with using_language(language, marked=language != "en"):
        expected = {
            (at, unfolded): draw_fresh(value, unfolded=unfolded)
            for at, value in enumerate(VALUES)
            for unfolded in (True, False)
        }
        for _ in range(2):
            for (at, unfolded), html in expected.items():
                assert str(FORM.open(VALUES[at]).draw(unfolded=unfolded)) == html
    assert "s3cret" not in "".join(expected.values())


def test_languages_errors_and_changes_are_drawn_uncached() -> None:
    value = {"prompt": "a"}
    opened = FORM.open(value)
    plain = str(opened.draw())
    with using_language(marked=True):
        assert str(FORM.open(value).draw()) != plain
    assert "too short" in str(opened.draw({"/prompt": ["too short"]}))
    assert "before" in str(opened.draw(changed={"/prompt": "before"}))
    assert str(opened.draw()) == plain


class FilesOf(DataURIFiles):
    """Previews of one person's files."""

    def __init__(self, name: str) -> None:
        self.name = name

    def preview(self, value: str) -> Preview:
        return Preview(thumbnail=f"/{self.name}/", name=value)


def test_files_are_looked_up_for_each_reader() -> None:
    image = {"type": "string", "format": "uri", "contentMediaType": "image/*"}
    form = SchemaForm({"properties": {"image": image}})
    for name in ("ana", "bo", "ana"):
        opened = form.open({"image": "https://example.com/a.png"})
        assert f'src="/{name}/"' in str(opened.draw(files=FilesOf(name)))


def test_the_cache_of_forms_is_limited() -> None:
    for number in range(kept.most + 5):
        FORM.open({"n": number}).draw()
    assert len(kept) == kept.most
