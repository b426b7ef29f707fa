"""One request computes each part once: baseline, form, variables, price, drawing.

The real functions run; `sys.monitoring` counts how often their code starts, whoever calls it.
"""

import inspect
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from playground.catalog.models import ModelSpec
from playground.compose.presets.opening import read_baseline
from playground.runs.costs import history, prices
from playground.runs.models import Run, Upload
from playground.runs.variable_entries import find_variables
from playground.runs.worker import poll_intervals
from playground.schema.drawing.form import draw_form
from playground.schema.form import _Compiled
from playground.schema.messages.error_messages import explain
from playground.teams.models import ApiKey, Workspace
from tests.compose.test_generate import HTMX
from tests.conftest import picture_bytes

pytestmark = pytest.mark.once

TOOL = 4  # an id of `sys.monitoring` that no known tool uses
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "prompt": {"type": "string", "x-playground": {"widget": "textarea"}},
        "n": {"type": "integer", "default": 1},
        "loras": {
            "type": "array",
            "items": {"type": "object", "properties": {"path": {"type": "string"}}},
        },
        "size": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"w": {}}}]},
        "image_urls": {"type": "array", "items": {"type": "string", "format": "uri"}},
    },
}
TYPED = {"/prompt": "a {{thing}}", "~var:thing": "boat", "/n": "2", "/size": "large"}
ROW = {"~rows/loras": "0", "/loras/0/path": "ink"}

type Sending = Callable[..., Any]


@pytest.fixture
def spec(api_key: ApiKey) -> ModelSpec:
    spec = ModelSpec.objects.publish("counted", title="Counted", schema=SCHEMA)
    assert spec.form.untouched.value == {"n": 1}  # builds and caches the form before the count
    return spec


@pytest.fixture
def before(run: Run, spec: ModelSpec) -> Run:
    """A run whose inputs open forms."""
    Run.objects.update(spec=spec, inputs={"prompt": "a lighthouse", "n": 1})
    run.refresh_from_db()
    return run


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count how often the code of these functions starts."""
    watched: dict[str, Callable[..., Any]] = {
        "baseline": read_baseline,
        "form": _Compiled.build,  # builds each tree of entries
        "variables": find_variables,
        "price": prices.estimate,
        "judged": explain,
        "drawn": draw_form,
    }
    codes = {inspect.unwrap(function).__code__: name for name, function in watched.items()}
    calls: Counter[str] = Counter()
    start = sys.monitoring.events.PY_START

    def count_call(code: Any, _offset: int) -> None:
        calls[codes[code]] += 1

    sys.monitoring.use_tool_id(TOOL, "counting")
    sys.monitoring.register_callback(TOOL, start, count_call)
    for code in codes:
        sys.monitoring.set_local_events(TOOL, code, start)
    try:
        yield calls
    finally:
        for code in codes:
            sys.monitoring.set_local_events(TOOL, code, 0)
        sys.monitoring.register_callback(TOOL, start, None)
        sys.monitoring.free_tool_id(TOOL)


def open_page(client: Client, spec: ModelSpec, **asked: str) -> Any:
    return client.get(spec.get_absolute_url(), asked)


def check(client: Client, spec: ModelSpec, **fields: Any) -> Any:
    return client.post(f"{spec.get_absolute_url()}form/?check", TYPED | fields, headers=HTMX)


def edit(client: Client, spec: ModelSpec, **fields: Any) -> Any:
    return client.post(f"{spec.get_absolute_url()}form/", TYPED | ROW | fields, headers=HTMX)


def press(client: Client, spec: ModelSpec, **fields: Any) -> Any:
    data = TYPED | {"submission": str(uuid.uuid4())} | fields
    return client.post(spec.get_absolute_url(), data, headers=HTMX)


DRAWN = {"form": 1, "variables": 1, "price": 1, "drawn": 1}
REQUESTS: dict[str, tuple[Sending, dict[str, str], dict[str, int]]] = {
    "page": (open_page, {}, DRAWN),
    "check": (check, {}, DRAWN | {"judged": 1}),
    "add": (edit, {"~do": "add /loras"}, DRAWN),
    "remove": (edit, {"~do": "remove /loras/0"}, DRAWN),
    "switch": (edit, {"~was/size": "0", "~pick/size": "1"}, DRAWN),
    "Generate": (press, {}, {"form": 1, "variables": 1, "price": 1, "judged": 1}),
}


@pytest.mark.once
@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_computes_each_part_of_the_form_once(
    client: Client, spec: ModelSpec, name: str
) -> None:
    send, fields, expected = REQUESTS[name]
    check(client, spec)  # makes the draft that the page shows
    with counting() as calls:
        assert send(client, spec, **fields).status_code == 200
    assert calls == expected


@pytest.mark.once
@pytest.mark.parametrize("name", REQUESTS)
def test_a_form_opened_from_a_run_computes_each_part_once(
    client: Client, spec: ModelSpec, before: Run, name: str
) -> None:
    send, fields, expected = REQUESTS[name]
    with counting() as calls:
        assert send(client, spec, **{"from": str(before.pk)}, **fields).status_code == 200
    assert calls == expected | {"baseline": 1}


@pytest.mark.once
def test_a_new_form_is_built_and_drawn_once_for_all_requests(
    client: Client, spec: ModelSpec
) -> None:
    open_page(client, spec)
    with counting() as calls:
        open_page(client, spec)
    assert not {"form", "drawn"} & calls.keys()


@pytest.mark.once
def test_a_price_that_needs_consent_is_estimated_once(
    client: Client, spec: ModelSpec, workspace: Workspace
) -> None:
    ModelSpec.objects.filter(pk=spec.pk).update(price={"amount": "5", "per": "run"})
    Workspace.objects.filter(pk=workspace.pk).update(ask_above=1)
    with counting() as calls:
        assert "above your $1.00 limit. Generate anyway?" in press(client, spec).text
    assert calls == DRAWN | {"judged": 1}


def queries(send: Sending, *args: Any, **fields: Any) -> list[str]:
    """Return the SQL of a request with empty caches.

    Expired counts are deleted at random requests; these queries are left out.
    """
    history.clear_cache()
    poll_intervals.learnt.clear()
    with CaptureQueriesContext(connection) as captured:
        assert send(*args, **fields).status_code == 200
    asked = (query["sql"] for query in captured)
    return [sql for sql in asked if not sql.startswith('DELETE FROM "teams_tally"')]


# Of these, three identify the person and one is for the rate limit; a page also reads the runs, the
# runs in progress, whether this is a demo, and a picture of the model.
@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "most"), [("page", 13), ("check", 7), ("add", 7), ("Generate", 18)]
)
def test_the_number_of_queries_of_a_request_is_limited(
    client: Client, spec: ModelSpec, name: str, most: int
) -> None:
    send, fields, _ = REQUESTS[name]
    check(client, spec)
    asked = queries(send, client, spec, **fields)
    assert len(asked) <= most, asked


def test_the_number_of_queries_does_not_grow_with_runs(client: Client, spec: ModelSpec) -> None:
    press(client, spec)
    open_page(client, spec)  # reads the forms of older versions, once
    one = queries(open_page, client, spec)
    for number in range(3):
        press(client, spec, **{"/n": str(number + 1)})
    assert len(queries(open_page, client, spec)) == len(one)


def test_many_files_are_looked_up_with_one_query(client: Client, spec: ModelSpec) -> None:
    for number in range(3):
        file = SimpleUploadedFile(f"{number}.png", picture_bytes())
        client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": file})
    references = "\n".join(upload.reference for upload in Upload.objects.all())
    asked = queries(check, client, spec, **{"/image_urls": references})
    assert len([sql for sql in asked if 'FROM "runs_upload"' in sql]) == 1, asked
