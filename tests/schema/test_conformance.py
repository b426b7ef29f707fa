"""Examples of every construct and rule: `tests/schemas/<construct>.json`.

values     valid values, which are unchanged after they are drawn, sent and read
untouched  value of a new form that is sent without changes
posts      posted texts and the value that they give; "*" matches any message; `by_hand` marks posts
           that no browser sends
shows      strings in the HTML of a new form; `hides`: strings that are not in it
notes      pointers of the notes for the schema's author
order      pointers of the parts in the order in which they are drawn
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import ABSENT, SchemaForm
from playground.schema.values import compact
from tests.html import parse
from tests.schema.browser import submit
from tests.tables import sample

FOLDER = Path(__file__).parent.parent / "schemas"
CASES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}

pytestmark = pytest.mark.parametrize("name", sample(CASES, 40))


def test_values_survive_a_round_trip(name: str) -> None:
    form = SchemaForm(CASES[name]["schema"])
    for value in CASES[name]["values"]:
        assert form.validate(value) == {}
        sent = form.parse(submit(form.render(value)), initial=value)
        assert compact(sent.value) == compact(value)
        assert sent.errors == {}


def test_an_untouched_form_adds_no_values(name: str) -> None:
    form = SchemaForm(CASES[name]["schema"])
    sent = form.parse(submit(form.render()))
    assert sent.value == form.initial()
    if "untouched" in CASES[name]:
        assert compact(sent.value) == compact(CASES[name]["untouched"])


def test_posts_give_the_expected_values(name: str) -> None:
    form = SchemaForm(CASES[name]["schema"])
    for post in CASES[name].get("posts", ()):
        sent = form.parse(MultiValueDict(post["texts"]), initial=post.get("initial", ABSENT))
        assert sent.value == post["value"]
        wanted = post.get("errors", {})
        assert sent.errors.keys() == wanted.keys()
        assert all(wanted[key] in (["*"], sent.errors[key]) for key in wanted)


def test_forms_are_drawn_as_expected(name: str) -> None:
    case: dict[str, Any] = CASES[name]
    form = SchemaForm(case["schema"])
    html = " ".join(form.render().split())
    assert [piece for piece in case.get("shows", ()) if piece not in html] == []
    assert [piece for piece in case.get("hides", ()) if piece in html] == []
    assert sorted(note.pointer for note in form.notes) == case.get("notes", [])
    if "order" in case:
        places = [each.get("data-pointer") for each in parse(html).iter("div")]
        assert [place for place in places if place] == case["order"]


def test_a_posted_form_is_drawn_again_unchanged(name: str) -> None:
    form = SchemaForm(CASES[name]["schema"])
    for post in [each for each in CASES[name].get("posts", ()) if "by_hand" not in each]:
        initial = post.get("initial", ABSENT)
        sent = form.parse(MultiValueDict(post["texts"]), initial=initial)
        again = form.parse(submit(form.render(sent, sent.errors)), initial=initial)
        assert again.value == sent.value
