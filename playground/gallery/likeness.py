"""From a picture back to its run: by its bytes, by what it carries, else by what it looks like."""

import heapq
import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageChops

from playground.gallery import pages
from playground.gallery.pages import Tile
from playground.media import incoming, inspection, perceptual_hash
from playground.media.content import BrokenFileError, Content, Kind
from playground.media.incoming import Incoming, StorageFailedError
from playground.runs.files import uploads
from playground.runs.files.embedded_inputs import read_embedded_inputs
from playground.runs.models import MediaFile, Output, OutputQuerySet
from playground.teams.models import Membership

MOST = 60
# Of the files that are alike, the nearest are looked at, regardless of who may see them.
MOST_FILES = 300
# So much the colour of a border may vary, of 256, where it was encoded with losses.
BORDER = 12


class NotFoundError(Exception):
    """Nothing was found, or nothing could be looked for; the message says why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a picture led to.

    output  the one that it is; None where there are several
    look    what it looks like, by which those are found; b"" where there is the one
    """

    output: Output | None = None
    look: bytes = b""


def find_source(membership: Membership, dropped: "UploadedFile[Any]") -> Found:
    """Find out which of the outputs that a person may see a file is; nothing of it is kept.

    Raises  NotFoundError
    """
    try:
        uploads.check_bytes(dropped.size or 0)
        with incoming.receive(dropped.chunks()) as file:
            return search(membership, file)
    except (BrokenFileError, StorageFailedError) as error:
        raise NotFoundError(str(error)) from error


def search(membership: Membership, file: Incoming) -> Found:
    """Look for what has the same bytes, then for the run that it names, then for what is alike.

    Raises  NotFoundError, BrokenFileError, StorageFailedError
    """
    stored = Output.objects.visible_in_order(membership).filter(file__isnull=False)
    same = MediaFile.objects.filter(workspace=membership.workspace_id, sha256=file.sha256)
    if output := only_one(stored.filter(file__in=same)):
        return Found(output=output)
    named = named_by(stored, file)
    if output := only_one(named):
        return Found(output=output)
    content = look_through(file)
    look = content.likeness
    if not look:
        raise NotFoundError("This image has too little detail to search by.")
    near = find_alike(membership, look)
    if not near and (inner := look_within_border(content)):
        look, near = inner, find_alike(membership, inner)
    nearest = [output for output in named if output in near] or near
    if not nearest:
        raise NotFoundError("No similar pictures found.")
    return Found(output=nearest[0]) if len(nearest) == 1 else Found(look=look)


def only_one(outputs: OutputQuerySet) -> Output | None:
    found = list(outputs[:2])
    return found[0] if len(found) == 1 else None


def named_by(outputs: OutputQuerySet, file: Incoming) -> OutputQuerySet:
    """Return the outputs of the run that a download of ours names."""

    def read(start: int, length: int) -> bytes:
        file.seek(start)
        return bytes(file.read(length))

    embedded = read_embedded_inputs(read)
    return outputs.filter(run=embedded.run) if embedded and embedded.run else outputs.none()


def look_through(file: Incoming) -> Content:
    """Read a picture, or the first frame of a video. Raises BrokenFileError."""
    content = inspection.read_content(file, Kind.IMAGE, limit_pixels=settings.UPLOAD_LIMIT_PIXELS)
    if content.kind == Kind.AUDIO:
        raise BrokenFileError("Search works with an image or a video, not with audio.")
    if not content.thumbnail and content.kind == Kind.IMAGE:
        most = settings.UPLOAD_LIMIT_PIXELS / 1e6
        raise BrokenFileError(f"This image is too large: the limit is {most:.0f} million pixels.")
    return content


def look_within_border(content: Content) -> bytes:
    """Return what a picture looks like without a border of one colour, as a screenshot has it.

    b"" where it has none, or where little would be left
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
    return perceptual_hash.describe(picture) if min(picture.size) > perceptual_hash.SIDE else b""


def find_alike(membership: Membership, look: bytes) -> list[Output]:
    """Return the outputs that look alike, most similar first, then the newest."""
    far = find_near(membership, look)
    alike = MediaFile.objects.filter(workspace=membership.workspace_id, likeness__in=far)
    outputs = Output.objects.visible_in_order(membership).filter(
        file__in=list(alike.values_list("pk", flat=True))
    )
    kept = outputs.order_by(*pages.NEWEST_FIRST).values_list("pk", "file__likeness")
    nearest = heapq.nsmallest(MOST, kept, key=lambda each: far[bytes(each[1] or b"")])
    shown = pages.with_facts(Output.objects.all()).in_bulk([pk for pk, _ in nearest])
    return [shown[pk] for pk, _ in nearest if pk in shown]


def hang(outputs: list[Output]) -> tuple[Tile, ...]:
    """Return them as tiles, of no day."""
    return tuple(pages.tile_of(output) for output in outputs)


def find_near(membership: Membership, look: bytes) -> dict[bytes, int]:
    """Return the looks of files in a workspace that are near to one, and how far they are.

    Every look there is is compared, without its row: a hundred thousand take a tenth of a second,
    and come out of the index alone.
    """
    kept = MediaFile.objects.filter(workspace=membership.workspace_id, likeness__gt=b"")
    mine, read = int.from_bytes(look), int.from_bytes
    looks = kept.values_list("likeness", flat=True).iterator(chunk_size=10_000)
    measured = (((read(other) ^ mine).bit_count(), bytes(other)) for other in looks if other)
    near = (each for each in measured if each[0] <= perceptual_hash.ALIKE)
    return {other: bits for bits, other in heapq.nsmallest(MOST_FILES, near)}
