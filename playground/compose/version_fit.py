"""Converts inputs of one version of a model to another version. Pure."""

from typing import Any

from playground.catalog.models import ModelSpec
from playground.schema import pointers


def fit_to_version(
    inputs: Any, saved_with: ModelSpec, spec: ModelSpec
) -> tuple[Any, tuple[str, ...]]:
    """Return (inputs for a version of the model, titles of the dropped ones).

    Only properties that are in the older schema and not in the newer one are dropped.
    """
    if saved_with.pk == spec.pk or not isinstance(inputs, dict):
        return inputs, ()
    before, now = saved_with.form, spec.form
    named = before.names() - now.names()
    gone = [key for key in inputs if key in named]
    kept = {key: value for key, value in inputs.items() if key not in gone}
    return kept, tuple(before.title_of(pointers.child("", key), inputs) for key in gone)
