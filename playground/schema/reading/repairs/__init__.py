"""Repairs obvious mistakes in schemas before a form is made.

Each step changes the cleaned schema in place and tells the author by a note.
"""

from collections.abc import Iterator

from playground.schema.reading.documents import Document, Note
from playground.schema.reading.validator import Judge

from . import defaults, discriminators, overlaps, unsatisfiable


def repair(document: Document, judge: Judge) -> Iterator[Note]:
    """Put right what can be; yield a note for each change."""
    yield from discriminators.apply_discriminators(document)
    yield from overlaps.relax_one_of(document, judge)
    yield from defaults.read_again(document, judge)
    yield from unsatisfiable.drop_unanswerable(document, judge)
