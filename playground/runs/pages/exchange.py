"""The request of a run, its responses, and code snippets of the request."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.providers import registry
from playground.providers.protocol import Program, Provider
from playground.runs.files.references import find_references, replace_texts, walk_texts
from playground.runs.files.uploads import UploadStore
from playground.runs.models import EventSource, Run
from playground.schema import HIDDEN, pointers
from playground.teams import providers_in_use

SHORTEST_SECRET = 4  # shorter secrets would match unrelated text
A_FILE = gettext_lazy("a file")  # for a deleted file


def address_of(provider: Provider) -> str:
    """Return the base URL of a provider; of the real one if the sandbox is not running."""
    known = providers_in_use.address_of(provider)
    if known or not provider.stands_in_for:
        return known
    return providers_in_use.address_of(registry.get(provider.stands_in_for))


def write_programs(
    provider: Provider, model: str, inputs: Any, store: UploadStore
) -> tuple[Program, ...]:
    """Return code snippets in each language, without API key: readers use their own."""
    files = name_files(inputs, store)
    links = {reference: f"<link to {name}>" for reference, name in files.items()}
    linked = replace_texts(inputs, links)
    return provider.write_programs(address_of(provider), model, linked, has_files=bool(files))


def name_files(inputs: Any, store: UploadStore) -> dict[str, str]:
    previews = {reference: store.preview(reference) for reference in find_references(inputs)}
    return {name: preview.name if preview else str(A_FILE) for name, preview in previews.items()}


def read_request(run: Run, store: UploadStore) -> dict[str, Any]:
    """Return the request without API key, secrets and the content of files."""
    provider, inputs = registry.get(run.api_key.provider), run.form.hide_secrets(run.inputs)
    sent = provider.describe(
        address_of(provider), run.spec.slug, inputs, key=str(run.idempotency_key)
    )
    request: dict[str, Any] = {
        "method": sent.method,
        "url": sent.url,
        "headers": dict(sent.headers),
        "body": sent.body,
    }
    if files := name_files(inputs, store):
        request["files"] = {
            reference: {"name": name, "handed over as": name_inputs(run, reference)}
            for reference, name in files.items()
        }
    return request


def name_inputs(run: Run, reference: str) -> str:
    if reference not in run.addresses:
        return _("not sent yet")
    return _("a signed link") if run.addresses[reference] else _("a data URI")


def read_answers(run: Run) -> dict[str, Any]:
    """Return the stored answers of the provider.

    ticket, task  response to the request, and of the last poll; None if none is stored
    problem       the provider's error message; None without one
    signed_links  pointers of signed URLs, which give access without a login for a time
    """
    run.refresh_from_db(fields=["ticket_answer", "task_answer"])
    events = [event.raw for event in run.events.all() if event.source == EventSource.SERVICE]
    answers: dict[str, Any] = {
        "ticket": read_kept(run.ticket_answer),
        "task": read_kept(run.task_answer),
        "events": [read_kept(raw) for raw in events],
        "problem": read_problem(run),
    }
    answers = hide_repeated(answers, run)
    return answers | {"signed_links": list(find_signed_links(answers))}


def hide_repeated(answers: Any, run: Run) -> Any:
    """Return responses without the secret inputs, which a provider may echo."""
    secrets = run.form.secrets(run.inputs)
    repeated = [
        text
        for pointer, text in walk_texts(run.inputs)
        if len(text) >= SHORTEST_SECRET
        and any(each in secrets for each in pointers.ancestors(pointer))
    ]
    return replace_within(answers, repeated) if repeated else answers


def replace_within(value: Any, secrets: list[str]) -> Any:
    match value:
        case str():
            for secret in secrets:
                value = value.replace(secret, HIDDEN)
        case list():
            return [replace_within(each, secrets) for each in value]
        case dict():
            return {key: replace_within(each, secrets) for key, each in value.items()}
    return value


def read_problem(run: Run) -> dict[str, Any] | None:
    if not run.problem:
        return None
    detail = read_kept(run.problem_detail)
    return {"name": run.problem, "message": run.problem_words, "answer": detail}


def read_kept(text: str) -> Any:
    """Parse a stored response; return the text if it is not JSON, or truncated."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def find_signed_links(answers: dict[str, Any]) -> Iterator[str]:
    for pointer, text in walk_texts(answers):
        if text.startswith(("http://", "https://")) and "?" in text and is_signed(text):
            yield pointer


def is_signed(url: str) -> bool:
    try:
        return "sign" in urlsplit(url).query.lower()
    except ValueError:
        return False
