"""Model fields that several packages use.

In migrations they are plain Django fields, so that migrations do not import code that changes
(docs/migrations.md).
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage
from django.db import models

if TYPE_CHECKING:
    AnyTextField = models.TextField[Any, Any]  # generic for mypy only
else:
    AnyTextField = models.TextField


type Deconstructed = tuple[str, str, Sequence[Any], dict[str, Any]]


def as_type_of_django(deconstructed: Deconstructed, column: str) -> Deconstructed:
    """Return the deconstruction of a field as a plain Django field."""
    name, _path, args, options = deconstructed
    return name, f"django.db.models.{column}", args, options


class AmountField(models.DecimalField):  # type: ignore[type-arg]  # generic for mypy only
    """An amount in a provider's unit, with ten decimal places: a token may cost a millionth."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"max_digits": 20, "decimal_places": 10} | options))

    def deconstruct(self) -> Deconstructed:
        return as_type_of_django(super().deconstruct(), "DecimalField")


class DerivedField(models.GeneratedField):
    """A stored generated column.

    Django's GeneratedField queries the database version in every `manage.py check`, so that nothing
    could start, or report the problem, while the database is down. Both supported databases have
    generated columns.
    """

    def deconstruct(self) -> Deconstructed:
        return as_type_of_django(super().deconstruct(), "GeneratedField")

    def check(self, **options: Any) -> list[CheckMessage]:
        return super().check(**(options | {"databases": None}))


class OrderedJSONField(AnyTextField):
    """A JSON document that keeps the order of keys.

    PostgreSQL's jsonb sorts the keys of objects; where their order matters, as in a schema's
    properties, the text is stored.
    """

    if TYPE_CHECKING:  # for django-stubs' plugin
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def deconstruct(self) -> Deconstructed:
        return as_type_of_django(super().deconstruct(), "TextField")

    def get_prep_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False)

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))


class StoredTextField(OrderedJSONField):
    """A stored text: name and values, for use with a second column for the English text."""

    def __init__(self, **options: Any) -> None:
        wanted: dict[str, Any] = {"default": dict, "blank": True, "db_default": {}}
        super().__init__(**(wanted | options))
