"""A transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """Roll back at the end; durable transactions (`durable=True`) may be nested in this one.

    Django exempts the transactions of its own test cases from that check by the same attribute.
    """
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
