"""The broker of BROKER_URL, asked by others than Celery's workers: is it there, how much waits.

Nothing of Celery is imported unless there is a broker.
"""

from contextlib import suppress
from typing import Any

from django.conf import settings

# Pages and the clock wait no longer for its answer.
PATIENCE_SECONDS = 2.0
PATIENCE = {  # the first two for Redis, the others for RabbitMQ; each ignores what is not its own
    "socket_timeout": PATIENCE_SECONDS,
    "socket_connect_timeout": PATIENCE_SECONDS,
    "read_timeout": PATIENCE_SECONDS,
    "write_timeout": PATIENCE_SECONDS,
}


class BrokerAwayError(RuntimeError):
    """The broker does not answer; the text has its error."""


class Broker:
    """A connection to the broker, made when it is first needed and again after a fault."""

    def __init__(self) -> None:
        self._connection: Any = None

    def ask_size(self, queue: str) -> int:
        """Return how many messages wait in one of the queues. Raises BrokerAwayError"""
        if self._connection is not None:
            with suppress(Exception):  # a connection that was lost while nothing was asked
                return self._ask_size(queue)
            self.close()
        try:
            return self._ask_size(queue)
        except Exception as error:
            self.close()
            raise BrokerAwayError(describe(error)) from error

    def _ask_size(self, queue: str) -> int:
        channel = self._connect().default_channel
        found = channel.queue_declare(**describe_queue(queue, channel))
        return int(found.message_count)

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):  # it is gone in any case
                self._connection.release()
        self._connection = None

    def _connect(self) -> Any:
        from playground.celery import app  # noqa: PLC0415 - see below

        if self._connection is None:
            self._connection = app.connection_for_write(
                connect_timeout=PATIENCE_SECONDS, transport_options=PATIENCE
            )
        return self._connection.ensure_connection(max_retries=1, interval_start=0)


def describe_queue(queue: str, channel: Any) -> dict[str, Any]:
    """Return how a queue is declared, as Celery's workers do it: it may not be there yet."""
    from playground.celery import make_queue  # noqa: PLC0415 - only where there is a broker

    made = make_queue(queue)
    arguments = channel.prepare_queue_arguments(made.queue_arguments)
    return {"queue": made.name, "durable": True, "auto_delete": False, "arguments": arguments}


def describe(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def find_fault() -> str:
    """Return why the broker of this installation does not answer; "" where it does."""
    broker = Broker()
    try:
        broker.ask_size("default")
    except BrokerAwayError as error:
        return str(error)
    finally:
        broker.close()
    return ""


def address() -> str:
    """Return the broker's address without its password."""
    from playground.celery import app  # noqa: PLC0415 - likewise

    return str(app.connection_for_write().as_uri()) if settings.BROKER_URL else ""
