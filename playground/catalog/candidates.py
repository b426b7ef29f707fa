"""Finds candidates for the input schema of a model in a JSON document."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.candidate import (
    _NAMES,
    Candidate,
    is_input_schema,
    make_candidate,
    unwrap_schema,
)
from playground.catalog.openapi_candidates import is_openapi, read_openapi
from playground.catalog.properties import resolve_properties
from playground.catalog.references import References
from playground.schema.lists import list_plain

# Members of a request beside `input`, which control the execution.
_ENVELOPE = frozenset(
    ("version", "id", "request_id", "requestId", "task_id", "taskId", "created_at",
     "idempotency_key", "idempotencyKey", "output_file_prefix",
     "webhook", "webhook_url", "webhookUrl", "webhook_events_filter", "webhook_secret",
     "callback", "callback_url", "callbackUrl", "callback_uri", *_NAMES)
)  # fmt: skip
_OF_COG = frozenset(("webhook_events_filter", "output_file_prefix"))  # then `context` is one
_DEEPEST = 12
_MOST_PLACES = 500_000
_MOST_CANDIDATES = 5_000


def find_candidates(document: Any) -> list[Candidate]:
    """Return the candidates for a model's inputs in a document, the likeliest first."""
    best: dict[int, Candidate] = {}
    for found in _walk(document):
        for each in _unwrap(found):
            known = best.get(id(each.raw))
            if known is None or known.score < each.score:
                best[id(each.raw)] = each
        if len(best) >= _MOST_CANDIDATES:
            break
    return sorted(best.values(), key=lambda each: -each.score)


def _walk(document: Any) -> Iterator[Candidate]:
    """Yield the outermost schemas of a document."""
    waiting: deque[tuple[Any, str, int]] = deque([(document, "", 0)])
    for _step in range(_MOST_PLACES):
        if not waiting:
            return
        part, name, depth = waiting.popleft()
        if isinstance(part, dict) and is_openapi(part):
            yield from read_openapi(part, References(document, part))
        elif is_input_schema(part):
            title = part.get("title")
            called = title if isinstance(title, str) else name
            yield make_candidate(called, part, References(document, part), 40)
        elif isinstance(part, dict | list) and depth < _DEEPEST:
            parts = part.items() if isinstance(part, dict) else ((name, each) for each in part)
            waiting.extend(
                (each, str(key), depth + 1) for key, each in parts if isinstance(each, dict | list)
            )


def _unwrap(found: Candidate) -> Iterable[Candidate]:
    """Yield the object that a request wraps in `input`, instead of or in addition to the request.

    The request is yielded too if it has other members, or none that are typical of an envelope.
    """
    properties = resolve_properties(found.raw, found.references)
    inner = unwrap_schema(properties.get("input"), found.references)
    if not is_input_schema(inner):
        return [found]
    envelope = _ENVELOPE | ({"context"} if _OF_COG & set(found.fields) else set())
    others = [name for name in found.fields if name != "input" and name not in envelope]
    inside = make_candidate(
        f"{found.name}: input" if found.name else "input", inner, found.references, 0
    )
    inside = replace(
        inside,
        score=max(inside.score, found.score + 10),
        notes=found.notes,
        title=found.title,
        description=found.description,
        model=found.model or inside.model,
    )
    if not others:
        return [inside] if len(found.fields) > 1 else [inside, found]
    left = _("Only the content of “input”. Left out of the request: %(names)s.")
    left %= {"names": list_plain(f"“{name}”" for name in others)}
    whole = _("The whole request, with “input” as one of its fields.")
    return [
        replace(found, score=inside.score + 1, hint=whole),
        replace(inside, notes=(*inside.notes, left), hint=left),
    ]
