"""Queries the broker of BROKER_URL outside of Celery's workers: availability and queue lengths.

Celery is imported only if there is a broker.
"""

from contextlib import suppress
from typing import Any

from django.conf import settings

# Timeout of pages and the clock for a response of the broker.
PATIENCE_SECONDS = 2.0
PATIENCE = {  # the first two for Redis, the others for RabbitMQ; each ignores what is not its own
    "socket_timeout": PATIENCE_SECONDS,
    "socket_connect_timeout": PATIENCE_SECONDS,
    "read_timeout": PATIENCE_SECONDS,
    "write_timeout": PATIENCE_SECONDS,
}


class BrokerAwayError(RuntimeError):
    """The broker is not available; the message has its error."""


class Broker:
    """A connection to the broker, opened on first use and reopened after errors."""

    def __init__(self) -> None:
        self._connection: Any = None

    def ask_size(self, queue: str) -> int:
        """Return the number of messages in a queue. Raises BrokerAwayError."""
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
            with suppress(Exception):  # it is broken in any case
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
    """Return the arguments that declare a queue as Celery's workers do; it may not exist yet."""
    from playground.celery import make_queue  # noqa: PLC0415 - only where there is a broker

    made = make_queue(queue)
    arguments = channel.prepare_queue_arguments(made.queue_arguments)
    return {"queue": made.name, "durable": True, "auto_delete": False, "arguments": arguments}


def describe(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def find_fault() -> str:
    """Return why the broker is not available; "" if it is."""
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
