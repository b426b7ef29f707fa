"""Makes unsaved models from the schemas and metadata found in a pasted text."""

from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.bundling import BundleError
from playground.catalog.candidate import Candidate
from playground.catalog.json_text import MOST_CHARACTERS
from playground.catalog.layout import carry_layout
from playground.catalog.models import ModelSpec
from playground.catalog.rules import RuleError, read_rule
from playground.catalog.schema_search import SchemaSearch
from playground.schema.values import pretty


def make_blank_model() -> ModelSpec:
    facts: dict[str, Any] = {"schema": {}}
    return ModelSpec(**facts)


def make_draft_model(finding: SchemaSearch, chosen: Candidate) -> ModelSpec:
    """Return a new model with the metadata in the text.

    Raises  BundleError
    """
    schema, metadata = read_schema(chosen), finding.read_metadata(chosen)
    fitting = [each for each in metadata.examples if set(each) <= set(chosen.fields)]
    facts: dict[str, Any] = {
        "title": metadata.title,
        "description": metadata.description,
        "category": metadata.category,
        "schema": schema,
        "rules": [rule for rule in metadata.rules if is_rule(rule)],
        "price": {"amount": metadata.amount, "per": metadata.per} if metadata.amount else {},
        "examples": fitting,
    }
    return ModelSpec(slug=metadata.slug, **facts)


def make_draft_version(finding: SchemaSearch, chosen: Candidate, spec: ModelSpec) -> ModelSpec:
    """Return a model with the found schema and price; its texts do not change.

    Raises  BundleError
    """
    facts = spec.facts | {"schema": carry_layout(spec.schema, read_schema(chosen))}
    metadata = finding.read_metadata(chosen)
    if metadata.amount:
        facts["price"] = {"per": metadata.per, **spec.price, "amount": metadata.amount}
    return ModelSpec(slug=spec.slug, version=spec.version, **facts)


def read_schema(chosen: Candidate) -> dict[str, Any]:
    """Return the schema of a candidate, within the size limit of the page.

    Raises  BundleError
    """
    schema = chosen.read_schema()
    size = len(pretty(schema))
    if size > MOST_CHARACTERS:
        raise BundleError(
            _(
                "This schema has %(size)s million characters, including everything it refers to; "
                "the limit is %(most)s million."
            )
            % {"size": f"{size / 1e6:.1f}", "most": MOST_CHARACTERS // 1_000_000}
        )
    return schema


def list_notes(finding: SchemaSearch, chosen: Candidate) -> list[str]:
    """Return notes on how the text was read, and on parts that no run can send."""
    metadata = finding.read_metadata(chosen)
    notes = [*finding.notes, *chosen.notes]
    if metadata.name != metadata.slug:
        words = (
            _(
                "The text calls this model “%(name)s”. A model ID has only letters, digits, "
                "hyphens and underscores, so runs request “%(slug)s”. If the provider knows the "
                "model by another ID, enter that one before you save."
            )
            if metadata.slug
            else _(
                "The text calls this model “%(name)s”, which is not a valid model ID. Enter the "
                "ID by which the provider knows the model: letters, digits, hyphens and "
                "underscores."
            )
        )
        notes.append(words % {"name": metadata.name[:200], "slug": metadata.slug})
    return notes


def is_rule(document: Any) -> bool:
    try:
        read_rule(document)
    except RuleError:
        return False
    return True
