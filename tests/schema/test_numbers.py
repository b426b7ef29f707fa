"""Typed numbers and their conversion to floats."""

import pytest

from playground.schema.numbers import NumberError, parse_number


@pytest.mark.parametrize("number", [5e-324, -5e-324, 2.2250738585072014e-308, 1.7e308, 0.0])
def test_every_float_can_be_entered(number: float) -> None:
    assert parse_number(repr(number), integer=False) == number


@pytest.mark.parametrize(
    "text", ["1e-330", "1e-324", "1e309", "-2e308", "1e99999", "0.000000000000000001e-310"]
)
def test_numbers_beyond_float_are_refused(text: str) -> None:
    with pytest.raises(NumberError, match="too close to zero"):
        parse_number(text, integer=False)
