"""Computes missing perceptual hashes of older files, a few at a time."""

import io
import logging

from PIL import Image

from playground.media import incoming, perceptual_hash, storage
from playground.runs.models import MediaFile

logger = logging.getLogger(__name__)

# Some hundredths of a second each, between two beats of the worker's clock.
BATCH = 15


def hash_some() -> bool:
    """Compute the hashes of some files from their thumbnails; False if none is left.

    Raises  StorageFailedError (those that are left wait for another time)
    """
    waiting = MediaFile.objects.filter(perceptual_hash=None).order_by("created_at")
    found = list(waiting.only("thumbnail", "content_type", "sha256")[:BATCH])
    for file in found:
        MediaFile.objects.filter(pk=file.pk).update(perceptual_hash=compute_hash(file))
    return bool(found)


def compute_hash(file: MediaFile) -> bytes:
    """Return the hash of a file; b"" also without a readable thumbnail."""
    if not file.thumbnail:
        return b""
    try:
        with (
            incoming.storage_faults_named(but=(FileNotFoundError,)),
            storage.open_part(file.thumbnail, 0, None) as opened,
        ):
            content = opened.read() or b""
    except FileNotFoundError:
        return b""
    try:
        with Image.open(io.BytesIO(content), formats=["WEBP"]) as small:
            return perceptual_hash.compute(small)
    except Exception:  # noqa: BLE001 - a damaged file makes Pillow raise whatever it stumbles over
        logger.warning("The thumbnail of %s is damaged", file)
        return b""
