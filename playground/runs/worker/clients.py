"""Makes the provider client of a stored API key."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from playground.providers import registry, texts
from playground.providers.errors import KeyRefused, ProviderError, Refused, Throttled, Unavailable
from playground.providers.protocol import Client, ModelFacts, TaskEvent, TaskState, Ticket
from playground.providers.transport import Limits
from playground.runs.models import Run
from playground.runs.worker import rate_limits
from playground.teams import providers_in_use
from playground.teams.models import ApiKey

# An answer may hold a file that is written out as base64, which adds a third, beside the rest.
LIMITS = Limits(body_bytes=settings.OUTPUT_LIMIT_BYTES * 4 // 3 + 5_000_000)

logger = logging.getLogger(__name__)

_of_this_thread = threading.local()  # a requests.Session is not safe across threads


@dataclass(frozen=True, slots=True)
class NotedClient:
    """A client whose answers are noted with the key, as far as they say something of it."""

    client: Client
    api_key: ApiKey

    def submit(
        self, model: str, inputs: Mapping[str, Any], *, key: str, facts: ModelFacts | None = None
    ) -> Ticket:
        with noting_key_answer(self.api_key):
            return self.client.submit(model, inputs, key=key, facts=facts)

    def status(self, task_id: str) -> TaskState:
        with noting_key_answer(self.api_key):
            return self.client.status(task_id)

    def events(self, task_id: str) -> tuple[TaskEvent, ...]:
        with noting_key_answer(self.api_key):
            return self.client.events(task_id)

    def check(self) -> datetime | None:
        with noting_key_answer(self.api_key):
            return self.client.check()

    def close(self) -> None:
        self.client.close()


def client_for(api_key: ApiKey) -> Client:
    """Return the client of a key's provider, one for each thread.

    Raises  Unavailable where the service is not there: a sandbox that was not started
            KeyRefused for what can be no API key
    """
    base_url = base_url_of(api_key)
    clients: dict[tuple[str, str, str], Client] = _of_this_thread.__dict__.setdefault("clients", {})
    key = (api_key.provider, base_url, api_key.secret)
    if key not in clients:
        try:
            connect = registry.get(api_key.provider).connect
            clients[key] = connect(base_url, api_key.secret, timeout=LIMITS)
        except KeyRefused:
            note_key_answer(api_key, accepted=False)
            raise
    return NotedClient(clients[key], api_key)


def ask_provider[T](run: Run, question: Callable[[Client], T]) -> T:
    """Ask about a run's task with the key that paid for it, or with the one that replaced it.

    Where the service refuses the old key and the workspace has a new one, whose account knows the
    task, the run goes on with the new one.
    Raises  ProviderError
    """
    try:
        return question(client_for(run.api_key))
    except KeyRefused as refusal:
        replacement = run.workspace.current_key(run.api_key.provider)
        if replacement is None or replacement.pk == run.api_key_id:
            raise
        try:
            answer = question(client_for(replacement))
        except ProviderError:
            raise refusal from None
        run.note(api_key=replacement)
        return answer


@contextlib.contextmanager
def noting_key_answer(api_key: ApiKey) -> Iterator[None]:
    """Note the outcome of the block for the key; no response changes nothing."""
    try:
        yield
    except Throttled as error:
        pause_key(api_key, error.seconds)
        raise
    except KeyRefused:
        note_key_answer(api_key, accepted=False)
        raise
    except Refused:
        note_key_answer(api_key, accepted=True)
        raise
    else:
        note_key_answer(api_key, accepted=True)


def note_key_answer(api_key: ApiKey, *, accepted: bool) -> None:
    """Write it down if that can be done: a task may have been charged, and its answer counts."""
    try:
        api_key.note_answer(accepted=accepted)
    except DatabaseError:
        logger.warning("It could not be noted whether key %s was accepted", api_key.pk)


def pause_key(api_key: ApiKey, seconds: float) -> None:
    """Have all runs of the key wait, if that can be written down; this one waits in any case."""
    try:
        rate_limits.pause(api_key, seconds)
    except DatabaseError:
        logger.warning("It could not be noted that key %s has to pause", api_key.pk)


def base_url_of(api_key: ApiKey) -> str:
    provider = registry.get(api_key.provider)
    if address := providers_in_use.address_of(provider):
        return address
    if provider.stands_in_for:
        name = provider.name.lower()
        raise Unavailable(texts.NOT_RUNNING(name=name))
    raise Unavailable(texts.NO_ADDRESS(name=provider.name))
