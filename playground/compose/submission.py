"""Reads a sent form: values, submission token and options."""

import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.datastructures import MultiValueDict

from playground.runs.models import Run
from playground.web import HtmxRequest


def read_data(request: HtmxRequest) -> MultiValueDict[str, Any]:
    """Return the texts and files of a POST in one MultiValueDict."""
    data: MultiValueDict[str, Any] = MultiValueDict(dict(request.POST.lists()))
    for name, files in request.FILES.lists():
        data.setlist(name, [*data.getlist(name), *files])
    return data


def read_sharing(request: HtmxRequest, opened_from: Run | None) -> bool:
    """Return the chosen visibility; else that of the run the form was opened from, or all."""
    chosen = {"workspace": True, "author": False}.get(request.POST.get("seen_by", ""))
    if chosen is not None:
        return chosen
    return opened_from.is_shared if opened_from else request.workspace.shares_runs


def read_agreed(text: str) -> Decimal | None:
    """Return the confirmed price, or None."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def read_token(text: str) -> uuid.UUID:
    """Return the submission token; a new one for a POST without a valid token."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
