"""What the migrations of this room need of code that goes on changing, as it was then."""

import json

from django.db import models


class OrderedJSONField(models.TextField):
    """A JSON document, kept as its text."""

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value):
        return json.dumps(value, ensure_ascii=False)

    def from_db_value(self, value, *_):
        return None if value is None else json.loads(value)

    def to_python(self, value):
        return json.loads(value) if isinstance(value, str) else value
