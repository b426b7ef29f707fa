"""Views of the gallery: the grid and single outputs."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.gallery import facets, pages, pills
from playground.gallery.filters import Filters, find_outputs, read_filters
from playground.gallery.models import Collection, Tag
from playground.gallery.picture_page import read_picture
from playground.gallery.tiles import Grid
from playground.runs.models import Output
from playground.teams.models import Membership
from playground.web import HtmxRequest, page_or_partial, wants_partial

OFFERED = 200


@never_cache
@require_safe
def show_gallery(request: HtmxRequest) -> HttpResponse:
    """A page of the gallery; only its tiles when htmx loads more (infinite scroll)."""
    filters = read_filters(request.GET)
    context = read_grid(request, filters)
    if not wants_partial(request):
        context |= read_head(request.membership, filters, context["page"])
    return page_or_partial(request, "gallery/gallery.html", "tiles", context)


def read_grid(request: HtmxRequest, filters: Filters) -> dict[str, Any]:
    after = pages.read_cursor(request.GET.get("after", ""))
    through = pages.read_cursor(request.GET.get("through", ""))
    return {
        "filters": filters,
        "grid": Grid.of(request.membership, filters),
        "page": pages.read_page(find_outputs(request.membership, filters), after, through),
        "is_first": after is None,
        "star_counts": range(1, 6),
    }


def read_head(membership: Membership, filters: Filters, page: pages.Page) -> dict[str, object]:
    spec = page.tiles[0].output.run.spec_id if page.tiles else None
    collection = pills.find_chosen_collection(membership, filters)
    return {
        "collection": collection,
        "heading": page_heading(filters, collection),
        "pills": list(pills.read_pills(membership, filters, spec=spec)),
        "cleared": pills.clear_filter(filters),
        "without_words": filters.without("q"),
    }


def page_heading(filters: Filters, collection: Collection | None) -> str:
    if filters.trash:
        return _("Trash")
    if filters.collection:
        return collection.name if collection else _("Collection")
    return _("Gallery")


@never_cache
@require_safe
def show_filters(request: HtmxRequest) -> HttpResponse:
    """The counts and choices of the filters, loaded after the pictures."""
    filters = read_filters(request.GET)
    counted = facets.read_counts(request.membership, filters)
    context = {
        "filters": filters,
        "counts": counted,
        "most": facets.MOST,
        "pills": list(pills.read_pills(request.membership, filters, counted)),
        "cleared": pills.clear_filter(filters),
    }
    return page_or_partial(request, "gallery/filters.html", "counted", context)


@never_cache
@require_safe
def show_names(request: HtmxRequest) -> HttpResponse:
    """Return a datalist of names of tags and collections, loaded when a field is focused."""
    context = {
        "tags": names_of(Tag, request.membership),
        "collections": names_of(Collection, request.membership)[:OFFERED],
    }
    return render(request, "gallery/names.html", context)


def names_of(table: type[Collection] | type[Tag], membership: Membership) -> QuerySet[Any, str]:
    seen = table.objects.visible_to(membership).order_by("name")
    return seen.values_list("name", flat=True).distinct()


@never_cache
@require_safe
def show_picture(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """The page of one output, with its neighbours in the filtered gallery.

    With `from` in the query string, the back link leads to that page instead of the gallery:
    "board" is the board, "run" the page of the run.
    """
    filters = read_filters(request.GET)
    visible = Output.objects.visible_to(request.membership).filter(file__isnull=False)
    found = visible.select_related("run__spec", "run__author", "file").prefetch_related("tags")
    context = read_picture(request, get_object_or_404(found, pk=pk), filters)
    return page_or_partial(request, "gallery/picture.html", "picture", context)
