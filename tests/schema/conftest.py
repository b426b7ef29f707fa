"""How many examples the laws are tried on, and the schema that everything began with."""

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
    # The same examples each time, so that a green commit stays green: many in `make slow`;
    # `make laws` looks for more.
    derandomize=not FUZZ_EXAMPLES,
    deadline=None,  # the machine may be busy
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("laws")


@pytest.fixture
def seedream() -> dict[str, Any]:
    """The input schema of Seedream 5 Lite, keys in the order of its database."""
    return SCHEMA
