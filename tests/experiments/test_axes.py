"""Parsing the values of an axis, and the order of all combinations."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiments.axes import (
    MOST_CELLS,
    Axis,
    AxisError,
    AxisKind,
    AxisValue,
    count_cells,
    list_places,
    make_axis,
    put_value,
    read_axis,
    read_lines,
    read_numbers,
)


def numbers(text: str) -> list[object]:
    return [each.value for each in read_numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1, 3, 5", [1, 3, 5]),
        ("1-10 step 3", [1, 4, 7, 10]),
        ("1..4", [1, 2, 3, 4]),
        ("3 to 1", [3, 2, 1]),
        ("-1--3", [-1, -2, -3]),
        ("0.1-0.3 step 0.1", [0.1, 0.2, 0.3]),
        ("1，5、7；9\n11", [1, 5, 7, 9, 11]),
        ("1-3 步长 2, 9", [1, 3, 9]),
        ("1 - 2,, 5,", [1, 2, 5]),
        ("5", [5]),
        (" , ", []),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, expected: list[object]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one", "“one” is not a number"),
        ("1-10 step 0", "above zero"),
        ("1-10 step -1", "above zero"),
        ("1-10000", "10,000 values; the limit is 400"),
        ("1-999999999999 step 0.000001", "the limit is 400"),
        ("1, 2, 1-399", "401 values"),
        (",".join(["1"] * 401), "401 values"),
        ("1" * 300_000, "too long"),
        ("NaN", "not a number"),
        ("1e5", "not a number"),
    ],
)
def test_an_invalid_list_of_numbers_is_refused_with_a_message(text: str, words: str) -> None:
    with pytest.raises(AxisError, match=words):
        read_numbers(text)


@given(st.integers(-999, 999), st.integers(1, 300), st.decimals("0.001", 50, places=3).map(Decimal))
def test_a_range_has_its_start_and_even_steps(low: int, count: int, step: Decimal) -> None:
    high = low + step * (count - 1)
    values = numbers(f"{low}-{high:f} step {step}")
    assert len(values) == count
    assert values[0] == low
    assert Decimal(str(values[-1])) == high


def test_each_line_is_one_prompt() -> None:
    assert [each.value for each in read_lines(" a cat \n\n a dog\r\n")] == ["a cat", "a dog"]


def test_an_axis_has_each_value_once_in_the_order_of_first_occurrence() -> None:
    axis = make_axis(AxisKind.FIELD, "/prompt", "Prompt", read_lines("b\na\nb\nc\na"))
    assert [each.value for each in axis.values] == ["b", "a", "c"]


def test_true_and_one_are_different_values() -> None:
    given = [AxisValue(value=True, label="yes"), AxisValue(value=1, label="1")]
    assert len(make_axis(AxisKind.FIELD, "/a", "A", given).values) == 2


@pytest.mark.parametrize(("count", "words"), [(0, "at least one"), (10_000, "10,000 values")])
def test_an_axis_without_values_or_with_too_many_is_refused(count: int, words: str) -> None:
    values = [AxisValue(value=number, label="") for number in range(count)]
    with pytest.raises(AxisError, match=words):
        make_axis(AxisKind.FIELD, "/n", "N", values)


def test_ten_thousand_lines_are_refused() -> None:
    with pytest.raises(AxisError, match="10,000 values"):
        read_lines("\n".join(map(str, range(10_000))))


SIZES = st.lists(st.integers(1, 9), max_size=4).filter(
    lambda sizes: count_cells([axis_of(size) for size in sizes]) <= MOST_CELLS
)


def axis_of(size: int) -> Axis:
    values = tuple(AxisValue(value=number, label=str(number)) for number in range(size))
    return Axis(kind=AxisKind.FIELD, name="/n", title="N", values=values)


@given(SIZES)
def test_each_combination_is_made_once(sizes: list[int]) -> None:
    places = list(list_places(sizes))
    assert len(places) == len(set(places)) == count_cells([axis_of(size) for size in sizes])
    assert all(at < size for place in places for at, size in zip(place, sizes, strict=True))


@given(SIZES)
def test_the_run_order_is_balanced_over_the_values_of_each_axis(sizes: list[int]) -> None:
    used = [Counter(dict.fromkeys(range(size), 0)) for size in sizes]
    for place in list_places(sizes):
        for counter, at in zip(used, place, strict=True):
            counter[at] += 1
            assert max(counter.values()) - min(counter.values()) <= 1


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.lists(JSON_VALUES, min_size=1, max_size=20), st.text(max_size=5))
def test_a_stored_axis_is_read_back(values: list[object], title: str) -> None:
    given = [AxisValue(value=each, label=str(each)) for each in values]
    axis = make_axis(AxisKind.FIELD, "/n", title, given)
    assert read_axis(axis.document) == axis


@given(st.dictionaries(st.sampled_from("abc"), JSON_VALUES), JSON_VALUES)
def test_a_value_is_set_at_its_pointer_and_the_rest_is_kept(
    inputs: dict[str, object], new: object
) -> None:
    made = put_value(inputs, "/a/b", new)
    assert isinstance(made, dict)
    assert made["a"]["b"] == new
    assert {key: each for key, each in made.items() if key != "a"} == {
        key: each for key, each in inputs.items() if key != "a"
    }
