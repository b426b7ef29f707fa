"""What a person sent with Generate, read and judged."""

import uuid
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.datastructures import MultiValueDict

from playground.catalog.models import ModelSpec
from playground.compose.validation import Errors, judge_form
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Run
from playground.runs.variable_entries import (
    VariableEntries,
    find_variables,
    put_texts,
    read_values,
)
from playground.schema import Submission
from playground.web import HtmxRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One press of Generate.

    submission  what stands in the form, with the variables in its texts
    variables  those variables, and what was entered for them
    inputs  what would be sent: the values stand where the variables were; this is what is judged
    errors  messages by JSON Pointer, "" for the form as a whole; {} when it can be accepted
    token   of the rendered form
    is_shared    whether the workspace sees what comes of it
    agreed       the price that was agreed to, where it was asked for
    opened_from  the run whose inputs the form started from
    """

    submission: Submission
    variables: VariableEntries
    inputs: Any
    errors: Errors
    token: uuid.UUID
    is_shared: bool
    agreed: Decimal | None = None
    opened_from: Run | None = None

    @property
    def template(self) -> dict[str, Any]:
        """What the inputs are made of, where that is something else."""
        if not self.variables.filled:
            return {}
        return {"inputs": self.submission.value, "values": self.variables.values}

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or self.variables.problems)


def read_entry(
    request: HtmxRequest,
    spec: ModelSpec,
    store: UploadStore,
    *,
    opened_from: Run | None,
    initial: Any,
) -> Entry:
    """Read and judge what a form sent.

    initial  what it was opened with: what it does not show comes from there
    """
    data: MultiValueDict[str, Any] = MultiValueDict(dict(request.POST.lists()))
    for name, files in request.FILES.lists():
        data.setlist(name, [*data.getlist(name), *files])
    submission = spec.form.parse(data, initial, files=store)
    variables = find_variables(spec, submission, read_values(request.POST))
    inputs = put_texts(submission.value, variables.filled)
    return Entry(
        submission=submission,
        variables=variables,
        inputs=inputs,
        errors=judge_form(spec, submission, variables, inputs, store),
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
