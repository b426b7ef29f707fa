"""Views of the page of collections and tags."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from playground.gallery import collections, names
from playground.gallery.models import Collection, Tag
from playground.gallery.names import SortingError
from playground.teams import audit, guards
from playground.teams.audit import AuditEvent
from playground.teams.guards import requires
from playground.teams.roles import Permission
from playground.web import HtmxRequest

NOT_YOURS = gettext_lazy("Only the person who made this collection or an owner can change it.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_collections(request: HtmxRequest) -> HttpResponseBase:
    """List the collections and tags that a person may see. A POST creates a collection."""
    if request.method == "POST":
        return make_collection(request)
    return show(request)


@requires(Permission.GENERATE)
def make_collection(request: HtmxRequest) -> HttpResponse:
    name = request.POST.get("name", "")
    try:
        collection = names.make_collection(request.membership, name)
    except SortingError as error:
        return show(request, str(error), name)
    message = _("Created “%(name)s”. Select pictures in the gallery to add them.")
    messages.success(request, message % {"name": collection})
    return redirect("collections")


@require_POST
@requires(Permission.GENERATE)
def change_collection(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    collection = get_object_or_404(Collection.objects.visible_to(request.membership), pk=pk)
    if not collections.may_change(request.membership, collection):
        return guards.refuse(request, str(NOT_YOURS))
    before, maker = collection.name, collection.made_by
    response = change(request, [collection])
    if maker != request.user and response.status_code == HTTPStatus.FOUND:
        how = "delete" if request.POST.get("do") == "delete" else f"rename to {collection.name}"
        facts = {"collection": before, "id": pk, "made_by": maker, "how": how}
        audit.log_event(
            request, AuditEvent.COLLECTION_CHANGED, **facts, workspace=request.workspace
        )
    return response


@require_POST
@requires(Permission.GENERATE)
def change_tag(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a tag and those of the same name, which are shown as one."""
    tag = get_object_or_404(Tag.objects.visible_to(request.membership), pk=pk)
    return change(request, names.find_tags(request.membership, tag.name))


def change(request: HtmxRequest, things: list[Collection] | list[Tag]) -> HttpResponse:
    """Rename or delete them."""
    before = str(things[0])
    if request.POST.get("do") == "delete":
        for thing in things:
            thing.delete()
        message = _("Deleted “%(name)s”. Its pictures are still in the gallery.")
        messages.success(request, message % {"name": before})
        return redirect("collections")
    try:
        after = names.rename(request.membership, things, request.POST.get("name", ""))
    except SortingError as error:
        return show(request, str(error))
    message = _("Renamed “%(before)s” to “%(after)s”.") % {"before": before, "after": after}
    messages.success(request, message)
    return redirect("collections")


def show(request: HtmxRequest, problem: str = "", name: str = "") -> HttpResponse:
    """Render the page; 422 with an error."""
    membership = request.membership
    context = {
        "collections": [
            (
                each,
                collections.read_count(each),
                membership.can_generate and collections.may_change(membership, each),
            )
            for each in collections.list_collections(membership)
        ],
        "tags": collections.list_tags(membership),
        "problem": problem,
        "name": name,
    }
    return render(request, "gallery/collections.html", context, status=422 if problem else 200)
