"""Files in and out: uploads as they are chosen, and what is stored, to those who may see it."""

import re

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from playground.runs import uploads
from playground.runs.models import Kind, Output, Upload
from playground.schema import FileRefused, SchemaForm
from playground.web import HtmxRequest

PICTURES_OFFERED = 60
A_YEAR = 365 * 24 * 60 * 60


@require_safe
def show_original(request: HtmxRequest, pk: str) -> FileResponse:
    """Send the stored file as it came; with ?download under a name that tells what it is."""
    output = get_object_or_404(
        Output.objects.select_related("run__spec").filter(run__workspace=request.workspace), pk=pk
    )
    name = name_download(output) if "download" in request.GET else ""
    return send(output.original, output.content_type, name)


@require_safe
def show_thumbnail(request: HtmxRequest, pk: str) -> FileResponse:
    output = get_object_or_404(Output, pk=pk, run__workspace=request.workspace)
    return send(output.thumbnail, "image/webp")


@require_safe
def show_upload_thumbnail(request: HtmxRequest, pk: str) -> FileResponse:
    upload = get_object_or_404(Upload, pk=pk, workspace=request.workspace)
    return send(upload.thumbnail, "image/webp")


@login_not_required
@require_safe
def show_hosted_upload(request: HtmxRequest, token: str) -> FileResponse:
    """Send a reference picture to the provider, which has no login but a signed address."""
    del request
    upload = uploads.find_signed(token)
    if upload is None:
        raise Http404("This address has expired.")
    return send(upload.original, upload.content_type)


def send(file: FieldFile, content_type: str, download_name: str = "") -> FileResponse:
    """Stream a stored file, which never changes once it has its name."""
    if not file:
        raise Http404("There is no such file.")
    try:
        opened = default_storage.open(file.name or "")
    except FileNotFoundError as error:
        raise Http404("The file is not in the storage.") from error
    response = FileResponse(
        opened, content_type=content_type, as_attachment=bool(download_name), filename=download_name
    )
    response["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Encoding"] = "identity"  # pictures are compressed; gzip would only cost time
    return response


def name_download(output: Output) -> str:
    """Name a download by its prompt: "a-lighthouse-on-a-cliff-2.jpg"."""
    words = slugify(output.run.headline[:60], allow_unicode=True) or output.run.spec.slug
    suffix = re.search(r"\.\w+$", output.original.name or "")
    return f"{words}-{output.position + 1}{suffix[0] if suffix else ''}"


@require_POST
def keep_upload(request: HtmxRequest) -> HttpResponse:
    """Store one file as soon as it is chosen; answer with its item in the field's list."""
    name, output_id = request.POST.get("name", ""), request.POST.get("output", "")
    file = open_output(request, output_id) if output_id else request.FILES.get("file")
    if file is None or not name.startswith("/"):
        return say_no("Choose a file.")
    try:
        item = SchemaForm.keep_file(
            name,
            file,
            accept=request.POST.get("accept", ""),
            kind=request.POST.get("kind", ""),
            files=uploads.UploadStore(request.workspace, request.user),
        )
    except FileRefused as error:
        return say_no(str(error))
    finally:
        if file is not None:
            file.close()
    return HttpResponse(item)


def open_output(request: HtmxRequest, pk: str) -> "File[bytes] | None":
    """Return an earlier picture as if it had been uploaded; None where there is no such."""
    try:
        output = Output.objects.select_related("run__spec").get(
            pk=pk, run__workspace=request.workspace, stored_at__isnull=False
        )
        opened = default_storage.open(output.original.name or "")
    except (Output.DoesNotExist, ValidationError, FileNotFoundError):
        return None
    return UploadedFile(opened, name_download(output), output.content_type, output.size_bytes)


@require_safe
def choose_picture(request: HtmxRequest) -> HttpResponse:
    """The newest pictures of the workspace, for a file field to pick from."""
    outputs = (
        Output.objects.filter(run__workspace=request.workspace, kind=Kind.IMAGE)
        .exclude(stored_at=None)
        .select_related("run")
        .order_by("-stored_at")[:PICTURES_OFFERED]
    )
    return render(request, "runs/pictures.html", {"outputs": outputs})


def say_no(words: str) -> HttpResponse:
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
