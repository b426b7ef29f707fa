"""Models that are not stored yet, made of what was found in a pasted text."""

from typing import Any

from playground.catalog.candidates import Candidate
from playground.catalog.finding import Finding
from playground.catalog.layout import carry_layout
from playground.catalog.models import ModelSpec
from playground.catalog.rules import RuleError, read_rule


def blank_model() -> ModelSpec:
    facts: dict[str, Any] = {"schema": {}}
    return ModelSpec(**facts)


def draft_model(finding: Finding, chosen: Candidate) -> ModelSpec:
    """Return a new model with everything that the text says about it.

    Raises  BundleError
    """
    schema, said = chosen.read_schema(), finding.read_particulars(chosen)
    fitting = [each for each in said.examples if set(each) <= set(chosen.fields)]
    facts: dict[str, Any] = {
        "title": said.title,
        "description": said.description,
        "category": said.category,
        "schema": schema,
        "rules": [rule for rule in said.rules if is_rule(rule)],
        "price": {"amount": said.amount, "per": said.per} if said.amount else {},
        "examples": fitting,
    }
    return ModelSpec(slug=said.slug, **facts)


def draft_version(finding: Finding, chosen: Candidate, spec: ModelSpec) -> ModelSpec:
    """Return a model with the schema, and the price, that were found; its own words stay.

    Raises  BundleError
    """
    facts = spec.facts | {"schema": carry_layout(spec.schema, chosen.read_schema())}
    said = finding.read_particulars(chosen)
    if said.amount:
        facts["price"] = {"per": said.per, **spec.price, "amount": said.amount}
    return ModelSpec(slug=spec.slug, version=spec.version, **facts)


def is_rule(document: Any) -> bool:
    try:
        read_rule(document)
    except RuleError:
        return False
    return True
