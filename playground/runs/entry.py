"""What a person sent with Generate, read and judged."""

import uuid
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.datastructures import MultiValueDict

from playground.catalog.models import ModelSpec
from playground.runs.media.uploads import FILE_IS_GONE, FILE_IS_TEXT, UploadStore
from playground.runs.models import Run
from playground.schema import Submission
from playground.web import HtmxRequest

type Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One press of Generate.

    errors  messages by JSON Pointer, "" for the form as a whole; {} when it can be accepted
    token   of the rendered form
    is_shared    whether the workspace sees what comes of it
    agreed       the price that was agreed to, where it was asked for
    opened_from  the run whose inputs the form started from
    """

    submission: Submission
    errors: Errors
    token: uuid.UUID
    is_shared: bool
    agreed: Decimal | None = None
    opened_from: Run | None = None


def read_entry(
    request: HtmxRequest, spec: ModelSpec, store: UploadStore, opened_from: Run | None
) -> Entry:
    initial = opened_from.inputs if opened_from else spec.form.initial()
    data: MultiValueDict[str, Any] = MultiValueDict(dict(request.POST.lists()))
    for name, files in request.FILES.lists():
        data.setlist(name, [*data.getlist(name), *files])
    submission = spec.form.parse(data, initial, files=store)
    errors: Errors = {pointer: list(said) for pointer, said in submission.errors.items()}
    for pointer in store.find_missing(submission.value):
        errors.setdefault(pointer, []).append(FILE_IS_GONE)
    for pointer in store.find_written_out(submission.value):
        errors.setdefault(pointer, []).append(FILE_IS_TEXT)
    return Entry(
        submission=submission,
        errors=errors,
        token=read_token(request.POST.get("submission", "")),
        is_shared=read_sharing(request, opened_from),
        agreed=read_agreed(request.POST.get("agreed", "")),
        opened_from=opened_from,
    )


def read_sharing(request: HtmxRequest, opened_from: Run | None) -> bool:
    """Return what was chosen; else what holds for the run that the form was opened from, or all."""
    chosen = {"workspace": True, "author": False}.get(request.POST.get("seen_by", ""))
    if chosen is not None:
        return chosen
    return opened_from.is_shared if opened_from else request.workspace.shares_runs


def read_agreed(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def read_token(text: str) -> uuid.UUID:
    """Return the form's token; a hand-made POST without one gets its own."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
