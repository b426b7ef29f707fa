"""A meter for each test, read aloud at the end when many inputs were tried."""

import logging
from collections.abc import Iterator

import pytest

from tests.fuzz.inputs import FUZZ_EXAMPLES, Meter

READING = "reading of the meter"


@pytest.fixture(autouse=True)
def _few_words() -> Iterator[None]:
    """Log errors alone: pytest keeps each record, and with a refusal's its whole request."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def meter(request: pytest.FixtureRequest) -> Iterator[Meter]:
    meter = Meter(request.node.name)
    yield meter
    request.node.user_properties.append((READING, str(meter)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the meters show, also those of other processes."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    for report in reports:
        for name, reading in getattr(report, "user_properties", ()):
            if FUZZ_EXAMPLES and name == READING and report.when == "teardown":
                terminalreporter.write_line(reading)
