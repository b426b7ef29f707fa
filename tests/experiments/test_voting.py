"""Votes on blind pairs: the choice of pairs, the counting, and who sees the results."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from playground.catalog.models import ModelSpec
from playground.experiments.axes import AxisKind, AxisValue, make_axis
from playground.experiments.models import Experiment
from playground.experiments.voting.pairs import as_pair, choose_pair
from playground.experiments.voting.scores import Match, rank
from playground.experiments.voting.tables import Vote, Voting
from playground.gallery.models import Collection
from playground.runs.files import trash
from playground.runs.models import Output, OutputQuerySet, Run
from playground.teams.models import Membership, Role, Workspace
from tests.gallery.conftest import AddPicture
from tests.html import parse

SIZES = ("1:1", "16:9", "3:4")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def experiment(
    add_picture: AddPicture, workspace: Workspace, ana: User, seedream: ModelSpec
) -> Experiment:
    """Three sizes, each with one picture; the title of the axis looks like a formula."""
    values = [AxisValue(value=each, label=each) for each in SIZES]
    axis = make_axis(AxisKind.VARIABLE, "size", "=SIZE()", values)
    made = Experiment.objects.create(
        workspace=workspace, author=ana, spec=seedream, title="a harbour",
        inputs={"prompt": "a harbour"}, axes=[axis.document],
    )  # fmt: skip
    for number, size in enumerate(SIZES):
        output = add_picture(f"secret prompt {number}", size=(4, 3), aspect=size)
        made.cells.create(place=f"{number}", run=output.run)
    return made


@pytest.fixture
def voting(client: Client, experiment: Experiment) -> Voting:
    client.post("/votes/", {"experiment": str(experiment.pk)})
    return Voting.objects.get()


def read_pair(client: Client, voting: Voting) -> dict[str, str]:
    page = parse(client.get(voting.get_absolute_url()).text)
    return {
        each.get("name", ""): each.get("value", "")
        for each in page.iter("input")
        if each.get("name") in {"left", "right"}
    }


def size_of(voting: Voting, contender: str) -> str:
    return SIZES[int(voting.contenders.get(pk=contender).place)]


def vote_for(client: Client, voting: Voting, size: str) -> None:
    """Vote on all pairs: for `size` where it is in the pair, otherwise for neither."""
    while pair := read_pair(client, voting):
        sides = {size_of(voting, each): side for side, each in pair.items()}
        verdict = sides.get(size, "neither")
        assert (
            client.post(voting.get_absolute_url(), pair | {"verdict": verdict}).status_code == 302
        )


def delete(outputs: OutputQuerySet) -> None:
    outputs.update(trashed_at=timezone.now())
    trash.delete_now(outputs.all())


def read_csv(client: Client, path: str) -> list[list[str]]:
    text = client.get(path).content.decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def test_the_least_compared_pictures_come_first_and_no_pair_repeats() -> None:
    contenders, votes = list(range(1, 9)), list[tuple[int, int]]()
    while pair := choose_pair(contenders, votes, votes, seed=f"{len(votes)}"):
        votes.append(pair)
        compared = Counter(each for pair in votes for each in pair)
        if len(votes) <= 12:  # afterwards the least compared pairs may have been voted on already
            assert max(compared.values()) - min(compared[each] for each in contenders) <= 2
    assert {as_pair(*each) for each in votes} == set(combinations(contenders, 2))
    assert len(votes) == 28
    assert 5 < sum(left < right for left, right in votes) < 23  # the sides are shuffled


def test_the_same_seed_gives_the_same_pair() -> None:
    assert choose_pair([1, 2, 3, 4], [], [], seed="x") == choose_pair(
        [1, 2, 3, 4], [], [], seed="x"
    )
    pairs = {choose_pair(list(range(9)), [], [], seed=f"{number}") for number in range(20)}
    assert len(pairs) > 5


def test_more_wins_rank_higher_and_strength_is_finite() -> None:
    wins = [Match(left="a", right="b", won=1)] * 9 + [Match(left="b", right="a", won=1)]
    standings = rank(
        [*wins, Match(left="b", right="c", won=0.5), Match(left="d", right="c", won=1)]
    )
    assert next(iter(standings)) == "a"
    assert standings["a"].percent == 90
    assert (standings["a"].low, standings["a"].high) == (60, 98)  # Wilson interval
    assert (standings["c"].wins, standings["c"].ties, standings["c"].count) == (0, 1, 2)
    assert 1_000 < standings["d"].strength < 1_400


def test_the_voting_page_does_not_reveal_the_inputs(client: Client, voting: Voting) -> None:
    page = client.get(voting.get_absolute_url()).text
    assert "secret prompt" not in page
    assert not [size for size in SIZES if size in page]
    assert "Seedream" not in page
    assert page.count("<img") == 2


def test_everybody_votes_on_each_pair_once_and_then_sees_the_results(
    client: Client, voting: Voting
) -> None:
    vote_for(client, voting, "16:9")
    assert Vote.objects.count() == 3
    page = client.get(voting.get_absolute_url()).text
    assert "You have voted on every pair." in page
    assert client.post("/votes/", {"experiment": str(voting.experiment_id)})["Location"] == (
        voting.get_absolute_url()
    )
    assert Voting.objects.count() == 1


def test_a_vote_by_htmx_is_answered_with_the_next_pair(client: Client, voting: Voting) -> None:
    pair = read_pair(client, voting)
    answer = client.post(voting.get_absolute_url(), pair | {"verdict": "left"}, headers=HTMX)
    assert answer.text.strip().startswith("<form")
    shown = re.findall(r'name="(?:left|right)" value="(\d+)"', answer.text)
    assert set(shown) != set(pair.values())


def test_a_repeated_vote_counts_once_and_cannot_be_changed(client: Client, voting: Voting) -> None:
    pair = read_pair(client, voting)
    for _ in range(3):
        client.post(voting.get_absolute_url(), pair | {"verdict": "left"})
    swapped = {"left": pair["right"], "right": pair["left"], "verdict": "right"}
    assert client.post(voting.get_absolute_url(), swapped).status_code == 302
    other = client.post(voting.get_absolute_url(), pair | {"verdict": "both"})
    assert other.status_code == 422
    assert "You have voted on this pair before" in other.text
    assert Vote.objects.get().verdict == "left"


@pytest.mark.parametrize("gone", ["deleted", "trashed", "unknown"])
def test_a_pair_with_a_deleted_picture_is_replaced_with_a_message(
    client: Client, voting: Voting, gone: str
) -> None:
    pair = read_pair(client, voting)
    outputs = Output.objects.filter(contenders=int(pair["left"]))
    if gone == "unknown":
        pair["left"] = "9" * 30
    elif gone == "trashed":
        outputs.update(trashed_at=timezone.now())
    else:
        delete(outputs)
    answer = client.post(voting.get_absolute_url(), pair | {"verdict": "left"})
    assert answer.status_code == 422
    assert "is not there any more, so this vote was not counted" in answer.text
    assert answer.text.count("<img") == 2
    assert not Vote.objects.exists()


def test_a_vote_without_a_verdict_is_refused_with_a_message(client: Client, voting: Voting) -> None:
    pair = read_pair(client, voting)
    answer = client.post(voting.get_absolute_url(), pair | {"verdict": "x\0"})
    assert answer.status_code == 422
    assert "Choose a verdict on the pair." in answer.text


def test_votes_on_a_deleted_picture_still_count(client: Client, voting: Voting) -> None:
    vote_for(client, voting, "16:9")
    delete(Output.objects.filter(contenders__place="1"))
    assert Output.objects.filter(file=None).count() == 1
    assert Vote.objects.count() == 3
    rows = read_csv(client, f"{voting.get_absolute_url()}table.csv")
    assert [row[2:4] for row in rows if row[1] == "1:1"] == [["2", "0"]]
    assert client.get(f"{voting.get_absolute_url()}results/").status_code == 200


def test_results_are_listed_by_value_with_their_uncertainty(client: Client, voting: Voting) -> None:
    vote_for(client, voting, "16:9")
    page = parse(client.get(f"{voting.get_absolute_url()}results/").text)
    rows = [" ".join(" ".join(row.itertext()).split()) for row in page.iter("tr")]
    assert rows[1].startswith("16:9 2 100% (34 to 100)")
    assert len(rows) == 4


def test_an_axis_of_models_makes_no_second_table_by_model(
    client: Client, voting: Voting, experiment: Experiment
) -> None:
    vote_for(client, voting, "16:9")
    page = f"{voting.get_absolute_url()}results/"
    assert len(list(parse(client.get(page).text).iter("table"))) == 1
    values = [AxisValue(value=each, label=each) for each in SIZES]
    models = make_axis(AxisKind.MODEL, "", "Models", values)
    Experiment.objects.filter(pk=experiment.pk).update(axes=[models.document])
    assert list(parse(client.get(page).text).iter("table")) == []


def test_csv_cells_are_not_formulas(client: Client, voting: Voting) -> None:
    vote_for(client, voting, "16:9")
    for name in ("votes.csv", "table.csv"):
        cells = [
            cell for row in read_csv(client, f"{voting.get_absolute_url()}{name}") for cell in row
        ]
        assert any("=SIZE()" in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_votes_are_anonymous_until_their_voter_shows_them(
    client: Client, bo: Client, voting: Voting
) -> None:
    vote_for(client, voting, "16:9")
    vote_for(bo, voting, "1:1")
    path = f"{voting.get_absolute_url()}votes.csv"
    assert sorted(row[0] for row in read_csv(bo, path)[1:]) == ["", "", "", "bo", "bo", "bo"]
    assert [row[1] for row in read_csv(bo, path)[1:] if not row[0]] == ["", "", ""]
    assert "ana" not in parse_text(bo.get(f"{voting.get_absolute_url()}results/").text)
    client.post(f"{voting.get_absolute_url()}results/", {"named": "yes"})
    assert sorted(row[0] for row in read_csv(bo, path)[1:]) == [*["ana"] * 3, *["bo"] * 3]
    assert "Under their names: ana" in parse_text(
        bo.get(f"{voting.get_absolute_url()}results/").text
    )
    client.post(f"{voting.get_absolute_url()}results/", {"named": "no"})
    assert [row[0] for row in read_csv(bo, path)[1:]].count("ana") == 0


def parse_text(page: str) -> str:
    return " ".join(" ".join(parse(page).find(".//main").itertext()).split())  # type: ignore[union-attr]


def test_a_private_picture_is_not_shown_to_others_and_names_no_value(
    client: Client, bo: Client, voting: Voting
) -> None:
    vote_for(client, voting, "16:9")
    Run.objects.filter(cell__place="1").update(is_shared=False)
    shown = read_pair(bo, voting)
    assert {size_of(voting, each) for each in shown.values()} == {"1:1", "3:4"}
    for name in ("results/", "votes.csv", "table.csv"):
        assert "16:9" not in bo.get(f"{voting.get_absolute_url()}{name}").content.decode()


def test_votes_are_not_visible_to_other_workspaces(voting: Voting, experiment: Experiment) -> None:
    user = User.objects.create_user("cy")
    elsewhere = Workspace.objects.create(name="Elsewhere")
    Membership.objects.create(workspace=elsewhere, user=user, role=Role.OWNER)
    cy = Client()
    cy.force_login(user)
    for name in ("", "results/", "votes.csv", "table.csv"):
        assert cy.get(f"{voting.get_absolute_url()}{name}").status_code == 404
    sent = {"left": "1", "right": "2", "verdict": "left"}
    assert cy.post(voting.get_absolute_url(), sent).status_code == 404
    assert cy.post("/votes/", {"experiment": str(experiment.pk)}).status_code == 404
    assert "a harbour" not in cy.get("/votes/").text


def test_a_viewer_reads_the_results_but_cannot_vote(client: Client, voting: Voting) -> None:
    pair = read_pair(client, voting)
    Membership.objects.update(role=Role.VIEWER)
    assert client.get(voting.get_absolute_url())["Location"].endswith("/results/")
    answer = client.post(voting.get_absolute_url(), pair | {"verdict": "left"})
    assert answer.status_code == 403
    assert not Vote.objects.exists()


def test_a_collection_or_selection_is_voted_on_by_inputs_that_differ(
    client: Client, add_picture: AddPicture, workspace: Workspace
) -> None:
    outputs = [add_picture("a fox", resolution=each) for each in ("2k", "2k", "4k")]
    album = Collection.objects.create(workspace=workspace, name="Autumn")
    album.outputs.add(*outputs)
    began = [
        client.post("/votes/", {"collection": str(album.pk)}),
        client.post("/votes/", {"output": [str(each.pk) for each in outputs]}),
        client.post("/votes/", {"output": [str(each.pk) for each in reversed(outputs)]}),
    ]
    assert len({each["Location"] for each in began}) == 2
    voting = Voting.objects.get(title="Autumn")
    while pair := read_pair(client, voting):
        client.post(voting.get_absolute_url(), pair | {"verdict": "left"})
    rows = read_csv(client, f"{voting.get_absolute_url()}table.csv")
    assert {row[1]: row[2] for row in rows if row[0] == "Resolution"} == {"2k": "2", "4k": "2"}


@pytest.mark.parametrize("source", ["nothing", "one", "unknown"])
def test_a_vote_needs_two_pictures(client: Client, add_picture: AddPicture, source: str) -> None:
    sources: dict[str, dict[str, Any]] = {
        "nothing": {},
        "one": {"output": str(add_picture("a fox").pk)},
        "unknown": {"output": ["x", "y"]},
    }
    answer = client.post("/votes/", sources[source], follow=True)
    assert re.search("at least two pictures|Select a picture first", answer.text)
    assert not Voting.objects.exists()


def test_new_pictures_are_added_to_a_vote(
    client: Client, voting: Voting, experiment: Experiment, add_picture: Callable[..., Output]
) -> None:
    experiment.cells.create(place="0-1", run=add_picture("one more", count=2).run)
    client.post("/votes/", {"experiment": str(experiment.pk)})
    assert voting.contenders.count() == 5
