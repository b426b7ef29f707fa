"""Fixtures: one sandbox process for the folder, which is reset before each test."""

from collections.abc import Iterator

import pytest

from tests.sandbox.client import Client
from tests.sandbox_process import SandboxProcess


@pytest.fixture(scope="session")
def process() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    process.reset()
    process.durations()
    return process


@pytest.fixture
def client(sandbox: SandboxProcess) -> Client:
    return Client(sandbox)
