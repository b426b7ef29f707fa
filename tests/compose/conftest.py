"""Further models for the tests of the form page."""

from typing import Any

import pytest

from playground.catalog.models import ModelSpec

PICTURE = {"type": "string", "x-playground": {"widget": "file-upload", "uploadKind": "image"}}


def publish(slug: str, **properties: Any) -> ModelSpec:
    schema = {"type": "object", "properties": {"text": {"type": "string"}, **properties}}
    return ModelSpec.objects.publish(slug, title=slug.capitalize(), schema=schema)


@pytest.fixture
def painter(db: None) -> ModelSpec:
    """A model with other field names and one picture."""
    sizes = {"enum": ["1024x1024", "2048x1152"], "type": "string", "title": "Canvas"}
    return publish("painter", size=sizes, image=PICTURE)


@pytest.fixture
def writer(db: None) -> ModelSpec:
    """A model without pictures."""
    return publish("writer")
