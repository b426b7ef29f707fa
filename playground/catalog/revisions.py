"""Compares versions of a model (change history)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from playground.catalog.changes import FieldChange, compare_lists, compare_schemas, compare_values
from playground.catalog.models import ModelSpec
from playground.schema.lists import list_plain

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a model and its changes; none for the first."""

    spec: ModelSpec
    changes: tuple[FieldChange, ...] = ()


def compare_versions(old: ModelSpec, new: ModelSpec) -> tuple[FieldChange, ...]:
    return (*compare_requirements(old, new), *_compare_words(old, new))


def compare_requirements(old: ModelSpec, new: ModelSpec) -> tuple[FieldChange, ...]:
    """Return the changes of inputs and price, which have to be confirmed."""
    return (
        *compare_values(_("Provider"), old.provider_name, new.provider_name),
        *compare_schemas(old.schema, new.schema),
        *compare_lists(_("Rules"), _rules_in_words(old), _rules_in_words(new)),
        *compare_values(_("Price"), old.price_in_words, new.price_in_words),
        *compare_values(_("Expected cost of a run"), old.pricing.likely, new.pricing.likely),
        *compare_values(_("Maximum cost of a run"), old.pricing.most, new.pricing.most),
    )


def _rules_in_words(spec: ModelSpec) -> list[str]:
    return [
        _("%(rule)s “%(message)s” at %(fields)s")
        % {
            "rule": each.get("rule"),
            "message": each.get("message"),
            "fields": list_plain(each.get("fields", ())),
        }
        for each in spec.rules
    ]


def _compare_words(old: ModelSpec, new: ModelSpec) -> Iterator[FieldChange]:
    yield from compare_values(_("Title"), old.title, new.title)
    yield from compare_values(_("Description"), old.description, new.description)
    yield from compare_values(_("Category"), old.category, new.category)
    yield from compare_lists(_("Examples"), old.examples, new.examples)


def list_revisions(spec: ModelSpec) -> list[Revision]:
    """Return the newest versions of a model with their changes."""
    versions = ModelSpec.objects.of(spec.workspace).filter(slug=spec.slug)
    specs = list(versions.order_by("-version")[: MOST_SHOWN + 1])
    changed = [
        Revision(spec=new, changes=compare_versions(old, new)) for new, old in pairwise(specs)
    ]
    first = [Revision(spec=spec) for spec in specs[-1:] if spec.version == 1]
    return changed[:MOST_SHOWN] + first
