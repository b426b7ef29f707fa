"""DNS lookups with a timeout: whether hostnames resolve to private addresses."""

import socket
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future

from playground.providers.addresses import is_public
from playground.providers.guarded_connection import Resolve
from playground.providers.links import Reference

# The system's resolver has no timeout: a late lookup continues in its thread. So the number of
# concurrent lookups is limited; waiting for a free one counts toward the timeout.
_slots = threading.BoundedSemaphore(16)

ask_system: Resolve = socket.getaddrinfo


def find_private(
    references: Iterable[Reference], *, limit_seconds: float, resolve: Resolve | None = None
) -> set[str]:
    """Return the hostnames that resolve to a non-public address.

    Unresolvable names are not included: the provider, which fetches the file, may be able to
    resolve them.

    limit_seconds  for all of them together
    resolve        as socket.getaddrinfo
    """
    ends = time.monotonic() + limit_seconds
    ports = {each.name: each.port for each in references if each.name}
    asked = {name: _ask(name, port, resolve or ask_system, ends) for name, port in ports.items()}
    return {name for name, answer in asked.items() if _is_private(answer, ends - time.monotonic())}


def _ask(name: str, port: int, resolve: Resolve, ends: float) -> Future[list[str]]:
    answer: Future[list[str]] = Future()
    if not _slots.acquire(timeout=max(ends - time.monotonic(), 0)):
        answer.set_result([])
        return answer

    def ask() -> None:
        try:
            found = resolve(name, port, type=socket.SOCK_STREAM)
            answer.set_result([str(address[0]) for *_, address in found])
        except (OSError, UnicodeError):
            answer.set_result([])
        finally:
            _slots.release()

    threading.Thread(target=ask, name=f"look-up-{name[:60]}", daemon=True).start()
    return answer


def _is_private(answer: Future[list[str]], seconds: float) -> bool:
    try:
        return not all(map(is_public, answer.result(max(seconds, 0))))
    except TimeoutError:
        return False
