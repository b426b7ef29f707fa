"""`title_of` returns the titles with which the form is drawn."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.schema import ABSENT, SchemaForm
from playground.schema.drawing.context import Drawing
from playground.schema.entries.entry import Entry
from tests.schema.schemas import SCHEMAS
from tests.schema.strategies import Values
from tests.schema.unusual_schemas import UNUSUAL
from tests.tables import sample

UNSAVED = re.compile(r"/[-+]")  # an offered row or entry that does not exist yet
EXAMPLES = sorted((Path(__file__).parent.parent / "schemas").glob("*.json"))

SCHEMA: dict[str, Any] = {
    "type": "object",
    "$defs": {
        "Size": {"title": "Aspect ratio", "enum": ["1:1", "16:9"]},
        "Shot": {"type": "object", "properties": {"maxImages": {"type": "integer"}}},
        "Named": {"properties": {"n": {"type": "integer", "title": "Images"}}},
    },
    "allOf": [{"$ref": "#/$defs/Named"}],
    "properties": {
        "size": {"$ref": "#/$defs/Size"},
        "httpOptions": {"type": "object", "properties": {"timeOut": {"type": "integer"}}},
        "shots": {"type": "array", "title": "Shots", "items": {"$ref": "#/$defs/Shot"}},
        "a/b": {"type": "string", "title": "Slash"},
        "x~y": {"type": "object", "properties": {"p/q": {"type": "string", "title": "Both"}}},
        "extra": {"type": "object", "additionalProperties": {"type": "string"}},
        "source": {
            "title": "Source",
            "anyOf": [
                {"type": "object", "title": "Link", "properties": {"at": {"title": "Address"}}},
                {"type": "array", "title": "Frames", "items": {"type": "integer"}},
                {
                    "type": "object",
                    "title": "Account",
                    "properties": {"at": {"type": "integer", "title": "Number"}},
                    "required": ["at"],
                },
            ],
        },
    },
    "if": {"properties": {"n": {"const": 2}}, "required": ["n"]},
    "then": {"properties": {"why": {"type": "string", "title": "Reason"}}},
}


@pytest.mark.parametrize(
    ("pointer", "title"),
    [
        ("/n", "Images"),
        ("/size", "Aspect ratio"),
        ("/httpOptions", "Http options"),
        ("/httpOptions/timeOut", "Time out"),
        ("/shots", "Shots"),
        ("/shots/0", "Shots 1"),
        ("/shots/1/maxImages", "Max images"),
        ("/a~1b", "Slash"),
        ("/x~0y/p~1q", "Both"),
        ("/extra/myKey", "myKey"),
        ("/source", "Source"),
        ("/source/at", "Address"),
        ("/source/0", "Frames 1"),
        ("/why", "Reason"),
        ("/unknownName", "Unknown name"),
        ("/unknownName/inside_it", "Inside it"),
        ("", ""),
    ],
)
def test_title_of_gives_every_pointer_the_title_of_the_form(pointer: str, title: str) -> None:
    assert SchemaForm(SCHEMA).title_of(pointer) == title


@pytest.mark.parametrize(
    ("source", "pointer", "title"),
    [
        ({"at": "https://a"}, "/source/at", "Address"),
        ({"at": 5}, "/source/at", "Address"),  # the first of two branches that fit
        ([1, 2], "/source/1", "Frames 2"),
    ],
)
def test_the_value_selects_the_branch_of_title_of(source: Any, pointer: str, title: str) -> None:
    assert SchemaForm(SCHEMA).title_of(pointer, {"source": source}) == title


def drawn_titles(monkeypatch: pytest.MonkeyPatch, form: SchemaForm, value: Any) -> dict[str, str]:
    """Return {pointer: title} of a drawn form; a branch of a union has the union's title."""
    titles: dict[str, str] = {}
    about = Drawing.about

    def record(drawing: Drawing, entry: Entry, *args: Any, **options: Any) -> dict[str, Any]:
        context = about(drawing, entry, *args, **options)
        titles.setdefault(entry.place, context["title"])
        return context

    with monkeypatch.context() as patch:
        patch.setattr(Drawing, "about", record)
        form.render(value)
    return {place: title for place, title in titles.items() if not UNSAVED.search(place)}


@pytest.mark.parametrize("path", sample(EXAMPLES, 40), ids=lambda path: path.stem)
def test_examples_are_titled_as_they_are_drawn(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = json.loads(path.read_text())
    form = SchemaForm(example["schema"])
    for value in [ABSENT, *example.get("values", ())]:
        drawn = drawn_titles(monkeypatch, form, value)
        assert {place: form.title_of(place, value) for place in drawn} == drawn


@given(UNUSUAL | SCHEMAS, st.data())
def test_title_of_equals_the_drawn_title(schema: dict[str, Any], data: st.DataObject) -> None:
    form = SchemaForm(schema)
    value = data.draw(st.just(ABSENT) | Values(schema).any())
    with pytest.MonkeyPatch.context() as monkeypatch:
        drawn = drawn_titles(monkeypatch, form, value)
    assert {place: form.title_of(place, value) for place in drawn} == drawn
