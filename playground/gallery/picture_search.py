"""Search by image: finds the output of a picture by bytes, embedded inputs or perceptual hash."""

import heapq
import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageChops

from playground.gallery import pages
from playground.gallery.pages import GalleryTile
from playground.media import incoming, inspection, perceptual_hash
from playground.media.content import BrokenFileError, Content, MediaKind
from playground.media.incoming import Incoming, StorageFailedError
from playground.runs.files import uploads
from playground.runs.files.embedded_inputs import read_embedded_inputs
from playground.runs.models import MediaFile, Output, OutputQuerySet
from playground.teams.models import Membership

MOST = 60
# Number of nearest files that are read before checking permissions.
MOST_FILES = 300
# Tolerance of a border's colour, of 256, because of lossy encoding.
BORDER = 12


class NotFoundError(Exception):
    """No output was found, or the file cannot be searched for; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The result of a search.

    output      the matching output; None if there are several
    hash_bytes  the picture's perceptual hash, to list similar outputs; b"" with an output
    """

    output: Output | None = None
    hash_bytes: bytes = b""


def find_source(membership: Membership, dropped: "UploadedFile[Any]") -> Match:
    """Find the output of a file among those that a member may see; the file is not stored.

    Raises  NotFoundError
    """
    try:
        uploads.check_bytes(dropped.size or 0)
        with incoming.receive(dropped.chunks()) as file:
            return search(membership, file)
    except (BrokenFileError, StorageFailedError) as error:
        raise NotFoundError(str(error)) from error


def search(membership: Membership, file: Incoming) -> Match:
    """Search for the same bytes, then for the run in embedded inputs, then for similar pictures.

    Raises  NotFoundError, BrokenFileError, StorageFailedError
    """
    stored = Output.objects.visible_in_order(membership).filter(file__isnull=False)
    same = MediaFile.objects.filter(workspace=membership.workspace_id, sha256=file.sha256)
    if output := only_one(stored.filter(file__in=same)):
        return Match(output=output)
    named = named_by(stored, file)
    if output := only_one(named):
        return Match(output=output)
    content = read_content(file)
    hash_bytes = content.perceptual_hash
    if not hash_bytes:
        raise NotFoundError(_("This image has too little detail to search by."))
    near = find_similar(membership, hash_bytes)
    if not near and (inner := hash_without_border(content)):
        hash_bytes, near = inner, find_similar(membership, inner)
    nearest = [output for output in named if output in near] or near
    if not nearest:
        raise NotFoundError(_("No similar pictures found."))
    return Match(output=nearest[0]) if len(nearest) == 1 else Match(hash_bytes=hash_bytes)


def only_one(outputs: OutputQuerySet) -> Output | None:
    found = list(outputs[:2])
    return found[0] if len(found) == 1 else None


def named_by(outputs: OutputQuerySet, file: Incoming) -> OutputQuerySet:
    """Return the outputs of the run that embedded inputs refer to."""

    def read(start: int, length: int) -> bytes:
        file.seek(start)
        return bytes(file.read(length))

    embedded = read_embedded_inputs(read)
    return outputs.filter(run=embedded.run) if embedded and embedded.run else outputs.none()


def read_content(file: Incoming) -> Content:
    """Read a picture, or the first frame of a video. Raises BrokenFileError."""
    content = inspection.read_content(
        file, MediaKind.IMAGE, limit_pixels=settings.UPLOAD_LIMIT_PIXELS
    )
    if content.kind == MediaKind.AUDIO:
        raise BrokenFileError(_("Search works with an image or a video, not with audio."))
    if not content.thumbnail and content.kind == MediaKind.IMAGE:
        words = _("This image is too large: the limit is %(most)s million pixels.")
        raise BrokenFileError(words % {"most": f"{settings.UPLOAD_LIMIT_PIXELS / 1e6:.0f}"})
    return content


def hash_without_border(content: Content) -> bytes:
    """Return the hash of a picture without its uniform border, as in screenshots.

    b"" if it has no border, or if too little is left
    """
    if not content.thumbnail:
        return b""
    with Image.open(io.BytesIO(content.thumbnail), formats=["WEBP"]) as small:
        seen = small.convert("RGB")
    paper = Image.new("RGB", seen.size, seen.getpixel((0, 0)))
    other = ImageChops.difference(seen, paper).convert("L").point(lambda grey: grey > BORDER)
    inner = other.getbbox()
    if inner is None or inner == (0, 0, *seen.size):
        return b""
    picture = seen.crop(inner)
    return perceptual_hash.compute(picture) if min(picture.size) > perceptual_hash.SIDE else b""


def find_similar(membership: Membership, hash_bytes: bytes) -> list[Output]:
    """Return similar outputs, the most similar first, then the newest."""
    distances = find_near_hashes(membership, hash_bytes)
    files = MediaFile.objects.filter(
        workspace=membership.workspace_id, perceptual_hash__in=distances
    )
    outputs = Output.objects.visible_in_order(membership).filter(
        file__in=list(files.values_list("pk", flat=True))
    )
    kept = outputs.order_by(*pages.NEWEST_FIRST).values_list("pk", "file__perceptual_hash")
    nearest = heapq.nsmallest(MOST, kept, key=lambda each: distances[bytes(each[1] or b"")])
    shown = pages.with_facts(Output.objects.all()).in_bulk([pk for pk, _ in nearest])
    return [shown[pk] for pk, _ in nearest if pk in shown]


def make_tiles(outputs: list[Output]) -> tuple[GalleryTile, ...]:
    """Return outputs as tiles without a day."""
    return tuple(pages.tile_of(output) for output in outputs)


def find_near_hashes(membership: Membership, hash_bytes: bytes) -> dict[bytes, int]:
    """Return the similar hashes in a workspace with their Hamming distances.

    Compares all hashes of the workspace, from a covering index: 100,000 take about 0.1 s.
    """
    kept = MediaFile.objects.filter(workspace=membership.workspace_id, perceptual_hash__gt=b"")
    mine, read = int.from_bytes(hash_bytes), int.from_bytes
    hashes = kept.values_list("perceptual_hash", flat=True).iterator(chunk_size=10_000)
    measured = (((read(other) ^ mine).bit_count(), bytes(other)) for other in hashes if other)
    near = (each for each in measured if each[0] <= perceptual_hash.ALIKE)
    return {other: bits for bits, other in heapq.nsmallest(MOST_FILES, near)}
