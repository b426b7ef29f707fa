"""Views that receive uploads, and serve files to members who may see them."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from playground.body_limits import allow_files
from playground.prepared_queries import load_prepared
from playground.runs.files import references, serving, uploads
from playground.runs.files.embedded_inputs import write_embedded_inputs
from playground.runs.models import MediaFile, MediaKind, Output, Upload
from playground.runs.models.output import OutputQuerySet
from playground.schema import SchemaForm, UploadRefused
from playground.teams.guards import requires
from playground.teams.models import Membership
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest

PICTURES_OFFERED = 60


@require_safe
def show_original(request: HtmxRequest, pk: str) -> HttpResponseBase:
    """Send the stored file as it came.

    With ?download it comes under a name that tells what it is, and carries its inputs where it can;
    with ?download=original it comes to the byte as it was made.
    """
    visible = Output.objects.visible_to(request.membership)
    outputs = visible.select_related("run__spec", "file")
    output = get_object_or_404(outputs, pk=pk)
    file = find_file(output)
    if request.GET.get("download") == "original":
        return serving.send_original(request, file, output.download_name)
    if "download" in request.GET:
        text = write_embedded_inputs(output.run)
        return serving.send_download(request, file, output.download_name, text)
    name = "" if file.is_showable else output.download_name
    return serving.send_original(request, file, name)


@require_safe
def show_thumbnail(request: HtmxRequest, pk: uuid.UUID) -> HttpResponseBase:
    output = find_visible(request, pk)
    if output.file is None and output.preview:
        return serving.send_preview(request, bytes(output.preview))
    return serving.send_thumbnail(request, find_file(output))


@require_safe
def show_middle_size(request: HtmxRequest, pk: uuid.UUID, size: str) -> HttpResponseBase:
    return serving.send_middle_size(request, find_file(find_visible(request, pk)), size)


def find_visible(request: HtmxRequest, pk: uuid.UUID) -> Output:
    """Return an output with its file; a page with pictures asks for dozens. Raises Http404."""
    values = {**request.membership.query_values, "output": pk}
    found = load_prepared("", make_outputs, values)
    if not found:
        raise Http404
    return found[0]


def make_outputs(values: Mapping[str, Any]) -> OutputQuerySet:
    person = Membership.from_query_values(values)
    return Output.objects.visible_to(person).filter(pk=values["output"]).select_related("file")


def find_file(output: Output) -> MediaFile:
    if output.file is None:
        raise Http404("This file was not stored.")
    return output.file


@require_safe
def show_upload_thumbnail(request: HtmxRequest, pk: str) -> HttpResponseBase:
    visible = Upload.objects.visible_to(request.membership)
    upload = get_object_or_404(visible.select_related("file"), pk=pk)
    return serving.send_thumbnail(request, upload.file)


@login_not_required
@require_safe
def show_hosted_upload(request: HtmxRequest, token: str) -> HttpResponseBase:
    """Send a reference picture to the provider, which has no login but a signed address."""
    upload = references.find_signed(token)
    if upload is None:
        raise Http404("This address has expired.")
    return serving.send_original(request, upload.file)


@allow_files(1)
@require_POST
@rate_limited(LimitedAction.UPLOAD)
@requires(Permission.GENERATE)
def save_upload(request: HtmxRequest) -> HttpResponse:
    """Store one file as soon as it is chosen; answer with its item in the field's list."""
    name, output_id = request.POST.get("name", ""), request.POST.get("output", "")
    file = find_output(request, output_id) if output_id else request.FILES.get("file")
    if file is None or not name.startswith("/"):
        return answer_problem(_("Choose a file."))
    try:
        item = SchemaForm.keep_file(
            name,
            file,
            accept=request.POST.get("accept", ""),
            kind=request.POST.get("kind", ""),
            files=uploads.UploadStore(request.membership),
        )
    except UploadRefused as error:
        return answer_problem(str(error))
    return HttpResponse(item)


def find_output(request: HtmxRequest, pk: str) -> Output | None:
    """Return an earlier picture; None if there is none."""
    outputs = Output.objects.visible_to(request.membership).select_related("run__spec", "file")
    try:
        return outputs.get(pk=pk, file__isnull=False)
    except (Output.DoesNotExist, ValidationError):
        return None


@require_safe
def choose_picture(request: HtmxRequest) -> HttpResponse:
    """The newest pictures that the person may see, for a file field to pick from."""
    outputs = (
        Output.objects.visible_to(request.membership)
        .filter(file__kind=MediaKind.IMAGE, trashed_at=None)
        .exclude(file__thumbnail="")
        .select_related("run", "file")
        .order_by("-stored_at")[:PICTURES_OFFERED]
    )
    return render(request, "runs/pictures.html", {"outputs": outputs})


def answer_problem(words: str) -> HttpResponse:
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
