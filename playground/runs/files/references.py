"""Files that the inputs of a run refer to, and how providers get them.

A reference is a text such as "upload:<id>" in the place where the provider wants an address.
"""

import base64
import io
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from playground.media import incoming, pictures, storage
from playground.media.content import MediaKind
from playground.public_url import absolute_url
from playground.runs import texts
from playground.runs.models import Run, Upload
from playground.schema import pointers
from playground.teams.models import Membership

REFERENCE = re.compile(r"upload:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")

# A file written out as text (RFC 2397); with neither a type nor a parameter it is words.
WRITTEN_OUT = re.compile(
    r"""[\s"'<(\u200b-\u200f\u2060\ufeff]*data:\s*"""
    r"(?:[\w.+-]+/[\w.+-]+(?:;[^,;]*)*|(?:;[^,;]*)+),",
    re.IGNORECASE,
)
# The same among other words, where it has content. All repeats have bounds: it is searched for.
WRITTEN_OUT_WITHIN = re.compile(
    r"(?<!\w)data:[\w.+/-]{0,120}(?:;[^,;\s]{0,120}){0,10}"
    r"(?:;base64,\s{0,4}[A-Za-z0-9+/_%=-]{16}|,[^\s,]{64})",
    re.IGNORECASE,
)

# A data URI travels in the request's body: small enough for it, large enough to be a reference.
COMPACT_SIDE = 2048
COMPACT_BYTES = 1_500_000

# The provider fetches hosted files while the task waits its turn, which may take a while.
HOSTED_TIME = timedelta(days=1)
SIGNER = Signer(salt="hosted-upload")


def is_written_out(text: str) -> bool:
    """Return whether a text is, or holds, a file that is written out."""
    return bool(WRITTEN_OUT.match(text) or WRITTEN_OUT_WITHIN.search(text))


def walk_keys(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield (pointer of the object, key) for every key of a JSON value."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk_keys(item, pointers.child(pointer, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield pointer, key
            yield from walk_keys(item, pointers.child(pointer, key))


def walk_texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield (pointer, text) for every string of a JSON value."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk_texts(item, pointers.child(pointer, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from walk_texts(item, pointers.child(pointer, key))


class ReferenceGoneError(Exception):
    """A file that the inputs refer to is not here any more."""


def find_references(inputs: Any) -> dict[str, uuid.UUID]:
    """Return the uploads that a run's inputs refer to: reference and id."""
    found = (REFERENCE.match(text) for _, text in walk_texts(inputs))
    return {reference[0]: uuid.UUID(reference[1]) for reference in found if reference}


def choose_addresses(run: Run) -> dict[str, str]:
    """Return how each file of the inputs is handed over: a signed address, or "" for a data URI.

    Chosen once, before the first try, and kept with the run: a request that is repeated under its
    idempotency key has to be the same to the letter, or the service refuses it as another one.
    """
    expires_at = timezone.now() + HOSTED_TIME
    return {
        reference: host(pk, expires_at) if settings.PUBLIC_BASE_URL else ""
        for reference, pk in find_references(run.inputs).items()
    }


def host(pk: uuid.UUID, expires_at: datetime) -> str:
    return absolute_url(reverse("hosted_upload", args=[sign(pk, expires_at)]))


def resolve(run: Run, addresses: dict[str, str]) -> Any:
    """Return a run's inputs as the provider gets them, with its files as addresses.

    Only files that its author handed in, or that the run was accepted with: what else the inputs
    name, however that came into them, is not sent.

    Raises  ReferenceGoneError, StorageFailedError
    """
    ids = find_references(run.inputs).values()
    kept = Upload.objects.usable_in(run).filter(pk__in=ids).select_related("file")
    if len(kept) < len(ids):
        raise ReferenceGoneError(texts.REFERENCE_GONE)
    handed = {
        upload.reference: addresses.get(upload.reference) or write_data_uri(upload)
        for upload in kept
    }
    return replace_texts(run.inputs, handed)


def replace_texts(value: Any, replacements: dict[str, str]) -> Any:
    if isinstance(value, str):
        return replacements.get(value, value)
    if isinstance(value, list):
        return [replace_texts(item, replacements) for item in value]
    if isinstance(value, dict):
        return {key: replace_texts(item, replacements) for key, item in value.items()}
    return value


def write_data_uri(upload: Upload) -> str:
    kept = upload.file
    try:
        with (
            incoming.storage_faults_named(but=(FileNotFoundError,)),
            storage.open_part(kept.original, 0, None) as file,
        ):
            content_type, content = kept.content_type, file.read() or b""
    except FileNotFoundError as error:
        raise ReferenceGoneError(texts.REFERENCE_GONE) from error
    if kept.kind == MediaKind.IMAGE and len(content) > COMPACT_BYTES:
        content_type, content = pictures.make_compact_copy(io.BytesIO(content), side=COMPACT_SIDE)
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def sign(pk: uuid.UUID, expires_at: datetime) -> str:
    return SIGNER.sign(f"{pk}.{int(expires_at.timestamp())}")


def find_signed(token: str) -> Upload | None:
    """Return the upload that a signed, unexpired token names."""
    try:
        pk, _, expires_at = SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    if int(expires_at) < timezone.now().timestamp():
        return None
    return Upload.objects.select_related("file").filter(pk=pk).first()


def attach_uploads(membership: Membership, runs: Iterable[Run]) -> None:
    """Attach the uploads that the inputs of new runs refer to.

    Everyone who sees a run sees its files, so only files that its author may see are attached.
    """
    wanted = {run.pk: set(find_references(run.inputs).values()) for run in runs}
    if not (all_of_them := set().union(*wanted.values())):
        return
    visible = Upload.objects.visible_to(membership).filter(pk__in=all_of_them)
    seen = set(visible.values_list("pk", flat=True))
    through = Run.uploads.through
    through.objects.bulk_create(
        through(run_id=run, upload_id=upload)
        for run, uploads in wanted.items()
        for upload in uploads & seen
    )
