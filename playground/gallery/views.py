"""The gallery: everything that a person may see, as a grid, and one of it at a time."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.gallery import choices, counts, pages
from playground.gallery.filters import Filters, find, read_filters
from playground.gallery.models import Collection, Tag
from playground.gallery.picture_page import read_picture
from playground.runs.models import Output
from playground.teams.models import Membership
from playground.web import HtmxRequest, page_or_partial

OFFERED = 200


@never_cache
@require_safe
def show_gallery(request: HtmxRequest) -> HttpResponse:
    """A page of the grid; its tiles alone when htmx asks for what comes after others."""
    filters = read_filters(request.GET)
    after = pages.read_cursor(request.GET.get("after", ""))
    through = pages.read_cursor(request.GET.get("through", ""))
    context = {
        "filters": filters,
        "page": pages.read_page(find(request.membership, filters), after, through),
        "is_first": after is None,
        "collection": find_collection(request, filters),
        "chips": choices.chips(filters, request.membership),
        "star_counts": range(1, 6),
    }
    return page_or_partial(request, "gallery/gallery.html", "tiles", context)


def find_collection(request: HtmxRequest, filters: Filters) -> Collection | None:
    if filters.collection is None:
        return None
    seen = Collection.objects.visible_to(request.membership)
    found: Collection | None = seen.filter(pk=filters.collection).first()
    return found


@never_cache
@require_safe
def show_filters(request: HtmxRequest) -> HttpResponse:
    """How many there are, and what can be chosen to find fewer. It comes after the pictures."""
    filters = read_filters(request.GET)
    context = {
        "filters": filters,
        "counts": counts.read_counts(request.membership, filters),
        "most": counts.MOST,
        "chips": list(choices.chips(filters, request.membership)),
    }
    return page_or_partial(request, "gallery/filters.html", "panel", context)


@never_cache
@require_safe
def show_names(request: HtmxRequest) -> HttpResponse:
    """Offer the names of tags and collections to the fields for them. It comes when one is used."""
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
    """One output large, with its neighbours among what is looked for.

    With `from` in the address, the way back leads to that page instead of the gallery: "board" is
    the one beside the form, "run" the page of the run.
    """
    filters = read_filters(request.GET)
    visible = Output.objects.visible_to(request.membership).filter(file__isnull=False)
    found = visible.select_related("run__spec", "run__author", "file").prefetch_related("tags")
    context = read_picture(request, get_object_or_404(found, pk=pk), filters)
    return page_or_partial(request, "gallery/picture.html", "picture", context)
