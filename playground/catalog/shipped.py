"""The models that come with the program, one JSON document each in `data/`."""

import json
from pathlib import Path
from typing import Any

from playground.catalog.models import ModelSpec

FOLDER = Path(__file__).parent / "data"


def publish_all() -> list[ModelSpec]:
    """Make each shipped document the current version of its model, where it is not already.

    A model that somebody here has changed stays as they left it.
    """
    documents = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return [publish(document) for document in documents]


def publish(document: dict[str, Any]) -> ModelSpec:
    own = ModelSpec.objects.newest().filter(slug=document["slug"]).exclude(made_by="").first()
    facts = {name: document[name] for name in ModelSpec.FACTS}
    return own or ModelSpec.objects.publish(document["slug"], **facts)
