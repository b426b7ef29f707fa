"""A text column that is encrypted with ENCRYPTION_KEYS."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from playground.columns import Deconstructed, as_type_of_django
from playground.texts import kept

# Prefix of encrypted texts in exports, so that they are not encrypted twice.
EXPORTED = "encrypted:"


UNREADABLE = kept("key_unreadable", "No key in ENCRYPTION_KEYS opens this secret.")


class UndecryptableError(Exception):
    """A stored secret cannot be decrypted: its key is missing from ENCRYPTION_KEYS."""


class Secret(str):
    """A string that is masked in repr, logs and debuggers."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[secret]'"


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic for mypy only
    """A text that is encrypted in the database and in exports; "" stays "".

    Raises  UndecryptableError on reading, if no key decrypts it
    """

    def deconstruct(self) -> Deconstructed:
        return as_type_of_django(super().deconstruct(), "TextField")

    def get_prep_value(self, value: Any) -> Any:
        return cipher().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, *_: Any) -> Secret | None:
        return value if value is None else Secret(open_sealed(value))

    def value_from_object(self, obj: models.Model) -> str:
        """Return the value for forms, dictionaries and exports."""
        value = super().value_from_object(obj)
        return f"{EXPORTED}{self.get_prep_value(value)}" if value else ""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(EXPORTED):
            return Secret(open_sealed(value.removeprefix(EXPORTED)))
        return super().to_python(value)


def open_sealed(text: str) -> str:
    """Return the decrypted text.

    Raises  UndecryptableError
    """
    try:
        return cipher().decrypt(text.encode()).decode() if text else ""
    except InvalidToken as error:
        raise UndecryptableError(UNREADABLE) from error


def reseal(text: str) -> str:
    """Re-encrypt a text with the first of ENCRYPTION_KEYS, unless it is already.

    Raises  UndecryptableError
    """
    try:
        Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(text.encode())
    except InvalidToken:
        open_sealed(text)
        return cipher().rotate(text.encode()).decode()
    return text


def cipher() -> MultiFernet:
    return _cipher(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
