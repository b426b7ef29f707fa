"""Marking the words that several texts do not have in common."""

import re

from hypothesis import given
from hypothesis import strategies as st

from playground.experiments.input_table import CONTEXT, MOST_PLAIN, TextPiece, mark_words, shorten
from playground.runs.pages.word_diff import MOST_PAIRS


def bracket_marked(pieces: tuple[TextPiece, ...]) -> str:
    """Return a text with brackets around the marked pieces."""
    return "".join(f"[{each.text}]" if each.is_marked else each.text for each in pieces)


def test_words_are_marked_unless_all_texts_contain_them() -> None:
    texts = ["a red house by the sea", "a blue house by the sea", "a red house by a lake"]
    assert [bracket_marked(pieces) for pieces in mark_words(texts)] == [
        "a [red] house by [the sea]",
        "a [blue] house by [the sea]",
        "a [red] house by [a lake]",
    ]


def test_chinese_texts_are_compared_by_characters() -> None:
    assert [bracket_marked(each) for each in mark_words(["海边的灯塔", "海上的灯塔"])] == [
        "海[边]的灯塔",
        "海[上]的灯塔",
    ]


@given(st.lists(st.text("ab \n猫", max_size=12), min_size=2, max_size=6))
def test_the_pieces_make_up_the_texts_and_unmarked_pieces_are_equal(texts: list[str]) -> None:
    marked = mark_words(texts)
    assert ["".join(piece.text for piece in pieces).split() for pieces in marked] == [
        text.split() for text in texts
    ]
    if any(piece.is_marked for pieces in marked for piece in pieces):
        left = ["".join(p.text for p in pieces if not p.is_marked).split() for pieces in marked]
        assert all("".join(each) == "".join(left[0]) for each in left)


def test_very_different_texts_are_one_piece() -> None:
    count = int(MOST_PAIRS**0.5) + 1
    one, other = mark_words([" ".join(f"{sign}{n}" for n in range(count)) for sign in "ab"])
    assert [len(one), len(other)] == [1, 1]


def test_text_far_from_marked_words_is_omitted() -> None:
    begin, end = "word " * 40, " and more" * 40
    one, _ = mark_words([f"{begin}red{end}", f"{begin}blue{end}"])
    text = bracket_marked(shorten(one, CONTEXT))
    assert re.fullmatch(r"… (word )+\[red\]( and more)+( and)?… ", text)
    assert len(text) < 2 * CONTEXT + 20


def test_a_short_text_is_shown_whole() -> None:
    one, other = mark_words(["a red house", "a blue house"])
    assert (shorten(one, CONTEXT), shorten(other, CONTEXT)) == (one, other)


def test_a_very_long_word_is_cut() -> None:
    one, _ = mark_words([f"{'x' * 400} red", f"{'x' * 400} blue"])
    assert len(bracket_marked(shorten(one, CONTEXT))) < CONTEXT + 20


def test_texts_with_hardly_a_common_word_have_no_marks() -> None:
    one, other = mark_words(["a tall tree", "a lighthouse on a cliff above the sea " * 9])
    assert not any(piece.is_marked for piece in (*one, *other))
    assert bracket_marked(shorten(other, CONTEXT)).startswith("a lighthouse on a cliff")
    assert len(bracket_marked(shorten(other, CONTEXT))) <= MOST_PLAIN + 2
