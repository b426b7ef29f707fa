"""Settings of Hypothesis for the laws, and the schema of the first model."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.schema.seedream import SCHEMA
from tests.tables import IS_WHOLE

FUZZ_EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")

settings.register_profile(
    "laws",
    max_examples=int(FUZZ_EXAMPLES or (100 if IS_WHOLE else 20)),
    # The same examples each time, so that a commit that passed passes again; more of them in
    # `make slow`. `make laws` draws new ones.
    derandomize=not FUZZ_EXAMPLES,
    deadline=None,  # the machine may be busy
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("laws")


@pytest.fixture
def seedream() -> dict[str, Any]:
    """The input schema of Seedream 5 Lite, with its keys in the provider's order."""
    return SCHEMA
