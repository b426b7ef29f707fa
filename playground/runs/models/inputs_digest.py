"""Which runs have the same inputs: a digest of them as canonical JSON."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import models

from playground.columns import Deconstructed, as_type_of_django

if TYPE_CHECKING:
    AnyCharField = models.CharField[Any, Any]  # generic for mypy only
else:
    AnyCharField = models.CharField

DIGITS = 32


def digest_inputs(inputs: Any) -> str:
    """Return the same for inputs that are equal as JSON, in any order of keys; 1 is as 1.0."""
    text = json.dumps(as_canonical(inputs), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def as_canonical(value: Any) -> Any:
    match value:
        case dict():
            return {key: as_canonical(each) for key, each in value.items()}
        case list():
            return [as_canonical(each) for each in value]
        case float() if value.is_integer():
            return int(value)
    return value


class InputsDigestField(AnyCharField):
    """The digest of a run's inputs, written with the row; "" in rows of an earlier version."""

    def __init__(self, **options: Any) -> None:
        fixed: dict[str, Any] = {
            "max_length": DIGITS,
            "blank": True,
            "default": "",
            "db_default": "",
        }
        super().__init__(**(fixed | options))

    def deconstruct(self) -> Deconstructed:
        return as_type_of_django(super().deconstruct(), "CharField")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002, FBT001 - Django's
        digest = digest_inputs(model_instance.inputs)  # type: ignore[attr-defined]  # a run
        setattr(model_instance, self.attname, digest)
        return digest
