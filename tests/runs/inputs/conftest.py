"""A model with many kinds of fields and titles, and a run of it with a picture in the gallery."""

from collections.abc import Callable
from typing import Any

import pytest

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from tests.archive.conftest import AddStoredPicture, add_stored_picture  # noqa: F401 - pytest looks for them here
from tests.gallery.conftest import add_picture, membership  # noqa: F401 - pytest looks for them here

PASSWORD = {"type": "string", "format": "password", "title": "API key"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "$defs": {
        "Size": {"title": "Aspect ratio", "enum": ["1:1", "16:9"]},
        "Shot": {
            "type": "object",
            "properties": {"camera": {"type": "string", "title": "Camera move"}, "key": PASSWORD},
        },
        "Named": {
            "type": "object",
            "properties": {"n": {"type": "integer", "title": "Images", "minimum": 1}},
        },
    },
    "allOf": [{"$ref": "#/$defs/Named"}],
    "required": ["prompt"],
    "properties": {
        "prompt": {"type": "string", "x-playground": {"widget": "textarea"}},
        "frame": {"$ref": "#/$defs/Size"},
        "httpOptions": {
            "type": "object",
            "properties": {
                "timeOut": {"type": "integer"},
                "proxyToken": {"type": "string", "writeOnly": True},
            },
        },
        "a/b": {"type": "string", "title": "Slash"},
        "x~y": {"type": "string", "title": "Tilde"},
        "shots": {"type": "array", "title": "Shots", "items": {"$ref": "#/$defs/Shot"}},
        "source": {
            "title": "Source",
            "anyOf": [
                {
                    "type": "object",
                    "required": ["at"],
                    "properties": {"at": {"type": "string", "title": "Address"}},
                },
                {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": {"type": "integer", "title": "Account number"},
                        "code": {"type": "string", "format": "password", "title": "Code"},
                    },
                },
            ],
        },
        "secretKey": PASSWORD,
        "codes": {"type": "array", "items": PASSWORD},
        "others": {"type": "object", "additionalProperties": PASSWORD},
        "vault": {
            "type": "object",
            "writeOnly": True,
            "properties": {"inside": {"type": "string"}},
        },
    },
}
SECRETS: dict[str, Any] = {
    "httpOptions": {"timeOut": 30, "proxyToken": "hush-nested"},
    "shots": [{"camera": "pan", "key": "hush-in-row"}],
    "source": {"id": 7, "code": "hush-in-branch"},
    "secretKey": "hush-top-and-longer-than-any-other-text-of-these-inputs",
    "codes": ["hush-in-list"],
    "others": {"mine": "hush-free-key"},
    "vault": {"inside": "hush-in-vault"},
}

type MakeRun = Callable[..., Run]


@pytest.fixture
def tool(db: None) -> ModelSpec:
    return ModelSpec.objects.publish("tool", title="Tool", schema=SCHEMA)


@pytest.fixture
def make_run(add_stored_picture: AddStoredPicture, tool: ModelSpec) -> MakeRun:  # noqa: F811 - the fixture, imported above
    """Make a finished run with a picture: make_run(n=2)."""

    def sent(prompt: str = "a cat", run: dict[str, Any] | None = None, **inputs: Any) -> Run:
        return add_stored_picture(prompt, run={"spec": tool} | (run or {}), **inputs).run

    return sent
