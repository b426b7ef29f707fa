"""One of three hosts is killed, web and worker, during 100 runs: no run is charged twice."""

from collections import Counter

import pytest

from tests.sandbox_process import SandboxProcess
from tests.test_hosts import (  # noqa: F401 - pytest looks for them here
    Host,
    Owner,
    broker,
    bucket,
    hosts,
    owner,
)

pytestmark = [
    pytest.mark.only_on("postgresql"),
    pytest.mark.slow,
    pytest.mark.timeout(900),
]

HALF = 50


def test_losing_a_host_during_runs_loses_no_run(
    hosts: list[Host],  # noqa: F811 - the fixture
    owner: Owner,  # noqa: F811 - the fixture
    sandbox_process: SandboxProcess,
) -> None:
    before = len(sandbox_process.ledger()["charges"])  # of other tests
    runs = [owner.generate(number % 3, f"a harbour, {number}") for number in range(HALF)]
    hosts[1].kill()
    left = [0, 2]
    runs += [owner.generate(left[number % 2], f"a pier, {number}") for number in range(HALF)]
    for number, run in enumerate(runs):
        owner.wait_for(left[number % 2], run)
    charged = Counter(charge["task"] for charge in sandbox_process.ledger()["charges"][before:])
    assert len(charged) == 2 * HALF
    assert set(charged.values()) == {1}
