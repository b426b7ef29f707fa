"""The models that come with the program, one JSON document each in `data/`."""

import json
from pathlib import Path

from playground.catalog.models import ModelSpec

FOLDER = Path(__file__).parent / "data"


def publish_all() -> list[ModelSpec]:
    """Make each shipped document the current version of its model, where it is not already."""
    documents = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return [
        ModelSpec.objects.publish(
            slug=document["slug"],
            **{name: document[name] for name in ModelSpec.FACTS},
        )
        for document in documents
    ]
