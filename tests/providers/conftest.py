"""Fixtures: a scripted HTTP server, also with TLS, and a client of it with long timeouts."""

from collections.abc import Iterator

import pytest

from playground.providers.mindvideo import MindVideo, connect
from playground.providers.transport import Limits
from tests.providers.certificate_authority import Authority
from tests.providers.scripted import ScriptedService, serving

KEY = "mv_live_5ecret/with+odd=signs"

# Short timeouts for servers that never end their response; long ones elsewhere, for busy machines.
SHORT_TIMEOUTS = pytest.mark.parametrize(
    "limits",
    [Limits(connect_seconds=0.5, read_seconds=0.2, total_seconds=0.5, body_bytes=100_000)],
    ids=["short"],
)


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    with serving(ScriptedService()) as scripted:
        yield scripted


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def tls_service(authority: Authority) -> Iterator[ScriptedService]:
    with serving(ScriptedService(authority.server_context("files.example"))) as scripted:
        yield scripted


@pytest.fixture
def api_key() -> str:
    return KEY


@pytest.fixture
def limits() -> Limits:
    return Limits(connect_seconds=10, read_seconds=10, total_seconds=20, body_bytes=100_000)


@pytest.fixture
def client(service: ScriptedService, api_key: str, limits: Limits) -> Iterator[MindVideo]:
    client = connect(service.url, api_key, timeout=limits)
    yield client
    client.http.close()
