"""A transaction that nothing of stays."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Undo at the end what was written; within, also what may be in no other transaction runs.

    Django leaves the transactions of its own test cases out of that check by the same attribute.
    """
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
