"""Inputs of one version of a model as another version of it takes them. Pure."""

from typing import Any

from playground.catalog.models import ModelSpec


def fit(inputs: Any, saved_with: ModelSpec, spec: ModelSpec) -> tuple[Any, tuple[str, ...]]:
    """Return inputs as a version of the model takes them, and what those were called that it lost.

    Only what the older schema names and the newer does not is left out: that is no field any more.
    """
    if saved_with.pk == spec.pk or not isinstance(inputs, dict):
        return inputs, ()
    before, now = fields_of(saved_with), fields_of(spec)
    gone = [key for key in inputs if key in before and key not in now]
    kept = {key: value for key, value in inputs.items() if key not in gone}
    return kept, tuple(title_of(key, before[key]) for key in gone)


def fields_of(spec: ModelSpec) -> dict[str, Any]:
    schema = spec.schema if isinstance(spec.schema, dict) else {}
    found = schema.get("properties", {})
    return found if isinstance(found, dict) else {}


def title_of(key: str, part: Any) -> str:
    title = part.get("title") if isinstance(part, dict) else None
    return title if isinstance(title, str) and title else key.replace("_", " ").capitalize()
