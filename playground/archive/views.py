"""Downloads: picture zips, contact sheets and the export of a workspace."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.archive import contact_sheet, export, picture_zip
from playground.archive.selection import Selection, SelectionError, read_chosen, read_found
from playground.gallery.bulk_action_views import find_back_address
from playground.gallery.filters import read_filters
from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.guards import requires
from playground.teams.languages import kept_in_language
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, is_script


@require_http_methods(["GET", "POST"])
@rate_limited(LimitedAction.DOWNLOAD, "GET", "POST")
def download_pictures(request: HtmxRequest) -> HttpResponseBase:
    """Download the selected pictures as a zip, or all that match the filters."""
    try:
        selection = read_selection(request, picture_zip.MOST)
    except SelectionError as error:
        return redirect_with_error(request, str(error))
    response = StreamingHttpResponse(
        kept_in_language(picture_zip.write_picture_zip(selection)), content_type="application/zip"
    )
    return mark_as_download(
        response, picture_zip.make_file_name(request.workspace, "pictures", ".zip")
    )


@require_http_methods(["GET", "POST"])
@rate_limited(LimitedAction.DOWNLOAD, "GET", "POST")
def draw_sheet(request: HtmxRequest, kind: str) -> HttpResponseBase:
    """Download a contact sheet of the same pictures."""
    try:
        selection = read_selection(request, contact_sheet.MOST)
    except SelectionError as error:
        return redirect_with_error(request, str(error))
    content_type, draw = contact_sheet.KINDS[kind]
    response = HttpResponse(draw(selection), content_type=content_type)
    return mark_as_download(
        response, picture_zip.make_file_name(request.workspace, "contact-sheet", f".{kind}")
    )


@never_cache
@require_http_methods(["GET", "POST"])
@rate_limited(LimitedAction.DOWNLOAD)
@requires(Permission.EXPORT)
def export_workspace(request: HtmxRequest) -> HttpResponseBase:
    """Show what an export contains; a POST downloads it."""
    wanted = export.Export(request.workspace, request.membership)
    if request.method == "POST":
        audit.log_event(request, AuditEvent.WORKSPACE_EXPORTED, workspace=request.workspace)
        response = StreamingHttpResponse(
            kept_in_language(export.write_export(wanted)), content_type="application/zip"
        )
        return mark_as_download(
            response, picture_zip.make_file_name(request.workspace, "workspace", ".zip")
        )
    facts = {"counts": export.count_content(wanted), "left_out": list(wanted.left_out())}
    return render(request, "archive/export.html", facts)


def read_selection(request: HtmxRequest, most: int) -> Selection:
    """Raises SelectionError."""
    if request.method == "POST":
        return read_chosen(request.membership, request.POST.getlist("output"), most=most)
    return read_found(request.membership, read_filters(request.GET), most=most)


def redirect_with_error(request: HtmxRequest, words: str) -> HttpResponse:
    """Redirect back with an error message."""
    if is_script(request):
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, words)
    if request.method == "POST":
        return redirect(find_back_address(request))
    query = read_filters(request.GET).query
    return redirect(reverse("gallery") + (f"?{query}" if query else ""))


def mark_as_download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # else nginx buffers the zip on disk for slow clients
    return response
