"""The models that are shipped with the program, one JSON document each in `data/`."""

import json
from pathlib import Path
from typing import Any

from playground.catalog.models import ModelSpec

FOLDER = Path(__file__).parent / "data"


def publish_all() -> list[ModelSpec]:
    """Make each shipped document the current version of its model. Idempotent.

    They belong to the installation; a model that a superuser has changed is not overwritten.
    """
    documents = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return [publish_document(document) for document in documents]


def publish_document(document: dict[str, Any]) -> ModelSpec:
    current = ModelSpec.objects.of(None).filter(slug=document["slug"], is_current=True)
    facts = {name: document[name] for name in ModelSpec.FACTS}
    changed = current.exclude(made_by="").first()
    return changed or ModelSpec.objects.publish(document["slug"], **facts)
