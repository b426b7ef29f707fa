"""The parent and the children of a run, with the differences of their inputs."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.runs.pages.word_diff import MOST_PAIRS, DiffKind, DiffSegment, diff_words
from tests.compose.test_generate import post

SAME, GONE, NEW = DiffKind.SAME, DiffKind.GONE, DiffKind.NEW


@pytest.fixture
def variation(client: Client, finished: Run) -> Run:
    """A run that was made from another one, with another prompt and size."""
    fields: dict[str, Any] = {"/prompt": "a red lighthouse", "/size": '"1:1"'}
    fields["from"] = str(finished.pk)
    post(client, finished.spec, **fields)
    return Run.objects.exclude(pk=finished.pk).get()


def test_a_run_knows_its_parent(variation: Run, finished: Run) -> None:
    assert variation.made_from == finished


def test_a_run_sent_again_has_the_original_as_parent(client: Client, finished: Run) -> None:
    client.post(f"{finished.get_absolute_url()}again/")
    assert Run.objects.exclude(pk=finished.pk).get().made_from == finished


def test_the_page_shows_the_parent_and_what_changed(client: Client, variation: Run) -> None:
    page = re.sub(r"\s+>", ">", client.get(variation.get_absolute_url()).text)
    assert variation.made_from
    assert f'href="{variation.made_from.get_absolute_url()}"' in page
    assert '<ins><span class="visually-hidden">Added: </span>red </ins>lighthouse' in page
    assert '<del><span class="visually-hidden">Before: </span>16:9</del>' in page


def test_the_page_shows_the_children(client: Client, variation: Run, finished: Run) -> None:
    page = client.get(finished.get_absolute_url()).text
    assert f'href="{variation.get_absolute_url()}"' in page
    assert "Variations" in page


def test_of_many_children_the_newest_are_shown_with_their_count(
    client: Client, finished: Run
) -> None:
    facts = {"workspace": finished.workspace, "author": finished.author, "spec": finished.spec}
    for _ in range(8):
        Run.objects.create(
            **facts, api_key=finished.api_key, inputs=finished.inputs, made_from=finished
        )
    page = " ".join(client.get(finished.get_absolute_url()).text.split())
    assert "the newest 6 of 8" in page
    assert page.count("No changes.") == 6


def test_invisible_relatives_are_not_shown(client: Client, variation: Run, finished: Run) -> None:
    bo = User.objects.create_user("bo")
    Run.objects.filter(pk=variation.pk).update(author=bo, is_shared=False)
    assert 'id="family-title"' not in client.get(finished.get_absolute_url()).text


def test_a_run_without_relatives_has_no_family_section(
    client: Client, finished: Run, seedream: ModelSpec
) -> None:
    assert finished.spec == seedream
    assert 'id="family-title"' not in client.get(finished.get_absolute_url()).text


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("a cat", "a cat", [(SAME, "a cat")]),
        ("a cat", "a dog", [(SAME, "a "), (GONE, "cat"), (NEW, "dog")]),
        ("a cat", "a black cat", [(SAME, "a "), (NEW, "black "), (SAME, "cat")]),
        ("一只猫", "一只黑猫", [(SAME, "一只"), (NEW, "黑"), (SAME, "猫")]),
        ("", "a cat", [(NEW, "a cat")]),
    ],
)
def test_texts_are_compared_by_words(
    old: str, new: str, pieces: list[tuple[DiffKind, str]]
) -> None:
    assert diff_words(old, new) == tuple(DiffSegment(*piece) for piece in pieces)


@given(st.text("ab 猫,\n", max_size=30), st.text("ab 猫,\n", max_size=30))
def test_the_pieces_make_up_both_texts(old: str, new: str) -> None:
    pieces = diff_words(old, new)
    read = {
        fate: "".join(piece.text for piece in pieces if piece.fate != fate) for fate in (GONE, NEW)
    }
    assert read[GONE] == new or read[GONE].split() == new.split()
    assert "".join(read[NEW].split()) == "".join(old.split())


def test_texts_without_anything_in_common_are_compared_quickly() -> None:
    count = MOST_PAIRS // 100
    pieces = diff_words("a x " * count, "b y " * count)
    assert [piece.fate for piece in pieces] == [GONE, NEW]
