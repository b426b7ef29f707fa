"""Titles of models by slug, in the active language."""

from collections.abc import Iterable

from playground.catalog.models import ModelSpec
from playground.teams.models import Workspace


def read_titles(workspace: Workspace, slugs: Iterable[str]) -> dict[str, str]:
    """Return {slug: title} of the models that a workspace has or once used.

    One query; a second one if the workspace no longer has a model.
    """
    wanted = set(slugs)
    shown = ModelSpec.objects.only("slug", "title", "schema")
    titles = _titles(shown.newest(workspace).filter(slug__in=wanted))
    if missing := wanted - set(titles):
        used = ModelSpec.objects.filter(slug__in=missing, runs__workspace=workspace)
        titles |= _titles(shown.filter(pk__in=used.values("pk")).order_by("version"))
    return titles


def _titles(specs: Iterable[ModelSpec]) -> dict[str, str]:
    return {spec.slug: spec.shown_title for spec in specs}
