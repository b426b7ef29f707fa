"""A meter for each test, whose readings `make fuzz` prints at the end."""

import logging
from collections.abc import Iterator

import pytest

from tests.fuzz.inputs import FUZZ_EXAMPLES, Meter

READING = "reading of the meter"


@pytest.fixture(autouse=True)
def _errors_only() -> Iterator[None]:
    """Log only errors, because pytest keeps each record, with the request that it refers to."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def meter(request: pytest.FixtureRequest) -> Iterator[Meter]:
    meter = Meter(request.node.name)
    yield meter
    request.node.user_properties.append((READING, str(meter)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the readings of all meters, also those of other processes."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    for report in reports:
        for name, reading in getattr(report, "user_properties", ()):
            if FUZZ_EXAMPLES and name == READING and report.when == "teardown":
                terminalreporter.write_line(reading)
