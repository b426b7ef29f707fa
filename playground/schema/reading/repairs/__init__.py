"""Repairs obvious mistakes in schemas before a form is made.

Each step changes the normalised schema in place and adds a note for its author.
"""

from collections.abc import Iterator

from playground.schema.reading.documents import Document, Note
from playground.schema.reading.validator import SchemaValidator

from . import defaults, discriminators, overlaps, unsatisfiable


def repair(document: Document, validator: SchemaValidator) -> Iterator[Note]:
    """Apply all repairs; yield a note for each change."""
    yield from discriminators.apply_discriminators(document)
    yield from overlaps.relax_one_of(document, validator)
    yield from defaults.read_again(document, validator)
    yield from unsatisfiable.drop_unanswerable(document, validator)
