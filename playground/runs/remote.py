"""From a stored key to the provider that it opens."""

import threading

from playground.providers import mindvideo
from playground.providers.errors import Unavailable
from playground.providers.protocol import Provider
from playground.teams.models import ApiKey, Service

_of_this_thread = threading.local()  # a requests.Session is not safe across threads


def provider_for(api_key: ApiKey) -> Provider:
    """Return the client of a key's service, one for each thread.

    Raises  Unavailable where the service is not there: a sandbox that was not started
    """
    base_url = base_url_of(api_key)
    clients: dict[tuple[str, str], Provider] = _of_this_thread.__dict__.setdefault("clients", {})
    key = (base_url, api_key.secret)
    if key not in clients:
        clients[key] = mindvideo.connect(base_url, api_key.secret)
    return clients[key]


def base_url_of(api_key: ApiKey) -> str:
    service = Service(api_key.service)
    if not service.base_url:
        raise Unavailable(f"The {service.label.lower()} that this run was sent to is not running.")
    return service.base_url
