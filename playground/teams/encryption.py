"""Secrets at rest: a text column that is readable only with one of ENCRYPTION_KEYS."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class UndecryptableError(Exception):
    """No key of ENCRYPTION_KEYS opens a stored secret: one that did is missing from the list."""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic for mypy only
    """A text that the database only ever sees encrypted.

    Raises  UndecryptableError on reading, where no key fits
    """

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else cipher().encrypt(value.encode()).decode()

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        if value is None:
            return None
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise UndecryptableError("No key in ENCRYPTION_KEYS opens this secret.") from error


def cipher() -> MultiFernet:
    return _cipher(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
