"""The models of the sandbox, one JSON document each in `data/sandbox/`.

They are installed by a start with sandbox, and offered only while it runs
(`ModelSpecQuerySet.newest`).
"""

import json

from playground.catalog import shipped
from playground.catalog.models import ModelSpec

FOLDER = shipped.FOLDER / "sandbox"


def publish_all() -> list[ModelSpec]:
    """Make each document the current version of its model. Idempotent."""
    documents = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return [shipped.publish_document(document) for document in documents]
