"""The pages of runs in a pseudo-language, in which any text in Latin letters is untranslated.

The model, its inputs and people's names have no Latin letters, so any that remain are ours.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.media import texts as of_media
from playground.providers import errors, registry
from playground.providers import texts as of_providers
from playground.runs import problems
from playground.runs.models import Draft, MediaFile, Output, Preset, Run, Worker
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.archive.conftest import store, unpack
from tests.conftest import picture_bytes
from tests.pseudo_language import IN_CHINESE, SCRIPT, parse, read_texts, untranslated
from tests.tables import sample

pytestmark = [pytest.mark.usefixtures("pseudo_chinese"), pytest.mark.once]

PICTURE = {"type": "string", "x-playground": {"widget": "file-upload", "uploadKind": "image"}}
INPUTS = {"prompt": "一艘船", "size": "16:9", "n": 2}
SCHEMA = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string", "title": "提示词", "minLength": 1, "description": "描述"},
        "size": {"enum": ["16:9", "1:1"], "title": "尺寸"},
        "n": {"type": "integer", "title": "数量", "minimum": 1, "maximum": 4, "default": 1},
        "image": {**PICTURE, "title": "参考图"},
        "seed": {"type": "integer", "title": "种子", "x-playground": {"advanced": True}},
    },
    "required": ["prompt"],
}
NAMES = ("ana", "bo", "MindVideo", "Replicate", "Sandbox", "mv_key")
PROGRAMS = ("Python", "JavaScript", "curl", "https://…")
# Parts that occur on other pages, too.
SHARED_PARTS = {"picked", "density", "tile__badge", "side", "search", "preset__save"}


@dataclass
class World:
    """A workspace, with methods that create what the pages show."""

    workspace: Workspace
    spec: ModelSpec
    key: ApiKey
    ana: User
    bo: User
    client: Client
    settings: Settings

    def run(self, **facts: Any) -> Run:
        known: dict[str, Any] = {"workspace": self.workspace, "author": self.ana}
        known |= {"spec": self.spec, "api_key": self.key, "inputs": INPUTS}
        return Run.objects.create(**known | facts)

    def ended(self, status: str = "succeeded", **facts: Any) -> Run:
        now = timezone.now()
        known = {"task_id": str(uuid.uuid4()), "sent_at": now, "finished_at": now}
        known |= {"stored_at": now, "next_check_at": None, "status": status}
        return self.run(**known | facts)

    def with_outputs(self, *kinds: str, **facts: Any) -> Run:
        run = self.ended(**facts)
        for position, kind in enumerate(kinds):
            file = self.file(kind)
            Output.objects.create(
                run=run, position=position, kind=kind, file=file, stored_at=run.stored_at
            )
        return run

    def file(self, kind: str, **facts: Any) -> MediaFile:
        types = {"image": "image/png", "video": "video/mp4", "audio": "audio/mpeg"}
        types |= {"text": "text/plain", "file": "application/zip"}
        small = "a.webp" if kind == "image" else ""
        sizes = {"width": 64, "height": 48} if kind == "image" else {}
        known = {"workspace": self.workspace, "sha256": uuid.uuid4().hex * 2, "kind": kind}
        rest = {"content_type": types[kind], "size_bytes": 1_000, "thumbnail": small}
        return MediaFile.objects.create(**known, **rest, **sizes, **facts)

    def with_problem(self, problem: Exception, **facts: Any) -> Run:
        run = self.run(**facts)
        run.note(**problems.columns_of(run, problem))
        return run

    def failed(self, problem: Exception, **facts: Any) -> Run:
        run = self.ended("failed", **facts)
        run.note(**problems.columns_of(run, problem))
        return run

    def limit(self, **limits: str) -> None:
        Workspace.objects.filter(pk=self.workspace.pk).update(**limits)


@pytest.fixture
def world(workspace: Workspace, ana: User, client: Client, settings: Settings) -> World:
    Workspace.objects.filter(pk=workspace.pk).update(name="工作室")
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=workspace, user=bo, role=Role.MEMBER)
    examples = [{"prompt": "一座灯塔", "size": "16:9"}]
    facts: dict[str, Any] = {"title": "画", "schema": SCHEMA, "provider": "mindvideo"}
    facts |= {"examples": examples, "price": {"amount": "0.5", "per": "picture"}}
    spec = ModelSpec.objects.publish("hua", **facts)
    ModelSpec.objects.publish("hua-er", title="画二", schema=SCHEMA, provider="mindvideo")
    key = ApiKey.objects.store(workspace, "mindvideo", "mv_key")
    ApiKey.objects.filter(pk=key.pk).update(name="密钥")
    Worker.objects.create(name="1", seen_at=timezone.now())
    people = {"ana": ana, "bo": bo}
    return World(
        workspace=workspace, spec=spec, key=key, client=client, settings=settings, **people
    )


def assert_translated(page: str) -> None:
    """Assert that a page outside its frame, or all of a partial, is translated."""
    root = parse(page)
    parts = root.findall(".//main") + root.findall(".//title") or [root]
    texts = [text for part in parts for text in read_texts(part, SHARED_PARTS)]
    assert re.search(r"[Ａ-ｚ]", " ".join(texts))
    left = {" ".join(text.split()) for text in texts if untranslated(text, *NAMES, *PROGRAMS)}
    assert not left


def without_runs(world: World) -> str:
    return world.spec.get_absolute_url()


def shown_examples(world: World) -> str:
    world.with_outputs("image")
    return f"{world.spec.get_absolute_url()}?examples=all"


def without_key(world: World) -> str:
    ApiKey.objects.all().delete()
    return world.spec.get_absolute_url()


def refused_key(world: World) -> str:
    ApiKey.objects.update(refused_at=timezone.now())
    return world.spec.get_absolute_url()


def all_kinds(world: World) -> str:
    world.with_outputs("image", "image", "video", "audio", "text", "file", cost_actual=Decimal(2))
    return world.spec.get_absolute_url()


def colleagues(world: World) -> str:
    world.with_outputs("image", author=world.bo)
    return f"{world.spec.get_absolute_url()}?whose=team"


def nothing_earlier(world: World) -> str:
    return f"{world.spec.get_absolute_url()}?before=2020-01-01T00:00:00"


def private_pictures(world: World) -> str:
    run = world.with_outputs("image", "video", "audio", is_shared=False)
    Output.objects.filter(run=run, position=1).update(stored_at=None)
    Output.objects.filter(run=run, position=2).update(file=None, stored_at=None)
    Output.objects.create(run=run, position=3).give_up(of_media.FILE_EMPTY)
    return world.spec.get_absolute_url()


def ended_otherwise(world: World) -> str:
    world.failed(errors.Declined(of_providers.REFUSED, provider_message="不行"))
    world.failed(errors.KeyRefused(of_providers.KEY_REFUSED), task_id="", sent_at=None)
    world.ended("cancelled", task_id="", sent_at=None)
    world.ended(problem="lost", problem_message="")
    return world.spec.get_absolute_url()


def in_progress(world: World) -> str:
    now = timezone.now()
    world.run()
    world.run(status="queued", task_id="1", sent_at=now)
    world.run(status="processing", task_id="2", sent_at=now, set_aside_at=now)
    world.run(sent_at=now, set_aside_at=now)
    world.with_problem(errors.Unreachable(of_providers.UNREACHABLE), sent_at=now)
    return world.spec.get_absolute_url()


def no_worker(world: World) -> str:
    world.run()
    Worker.objects.all().delete()
    return world.spec.get_absolute_url()


def one_run(world: World) -> str:
    run = world.with_outputs("image", "video", "audio", "text", "file", cost_actual=Decimal(2))
    Output.objects.filter(run=run, position=0).update(trashed_at=timezone.now())
    return run.get_absolute_url()


def damaged_file(world: World) -> str:
    run = world.with_outputs("image", "file", template={"inputs": INPUTS, "values": {"船": "1"}})
    Output.objects.filter(run=run, position=0).update(stored_at=None)
    return run.get_absolute_url()


def failed_run(world: World) -> str:
    return world.failed(errors.OutOfFunds(of_providers.NO_FUNDS)).get_absolute_url()


def waiting_run(world: World) -> str:
    problem = errors.Unreachable(of_providers.UNREACHABLE)
    return world.with_problem(problem, sent_at=timezone.now()).get_absolute_url()


def untracked_run(world: World) -> str:
    now = timezone.now()
    return world.run(sent_at=now, task_id="1", set_aside_at=now).get_absolute_url()


def family(world: World) -> str:
    first = world.with_outputs("image")
    other = ModelSpec.objects.get(slug="hua-er")
    varied = world.with_outputs("image", made_from=first, inputs={"prompt": "两艘大船"})
    changes = [{"prompt": "很长" * 30 + "的船"}, {"prompt": "很长" * 30 + "的海"}, INPUTS, {}]
    for inputs in changes:
        world.ended(made_from=varied, inputs=inputs)
    for _ in range(4):
        world.ended(made_from=varied, spec=other)
    return varied.get_absolute_url()


def varied_form(world: World) -> str:
    return f"{world.spec.get_absolute_url()}?from={world.with_outputs('image').pk}"


def form_of_a_doubtful_run(world: World) -> str:
    run = world.failed(errors.Unreachable(of_providers.UNREACHABLE), task_id="", inputs={})
    return f"{world.spec.get_absolute_url()}?from={run.pk}"


def draft(world: World) -> str:
    facts = {"workspace": world.workspace, "author": world.ana, "slug": "hua", "spec": world.spec}
    written = {"prompt": "{{船}} {{岸: 1|2}} {{水: 1..5}}"}
    Draft.objects.create(**facts, inputs=written)
    return world.spec.get_absolute_url()


def saved(world: World, **facts: Any) -> Preset:
    known = {"workspace": world.workspace, "author": world.ana, "slug": "hua"}
    defaults = {"inputs": INPUTS, "spec": world.spec}
    return Preset.objects.create(**known | defaults | facts)


def preset(world: World) -> str:
    old = saved(world, name="海报", inputs=INPUTS | {"old": 1})
    return f"{world.spec.get_absolute_url()}?preset={old.pk}"


def presets(world: World) -> str:
    draft(world)
    saved(world, name="一")
    saved(world, name="二", is_shared=True)
    saved(world, name="三", is_shared=True, author=world.bo)
    ModelSpec.objects.publish("hua", title="画", schema=SCHEMA, provider="mindvideo")
    return f"{world.spec.get_absolute_url()}presets/"


def no_presets(world: World) -> str:
    return f"{world.spec.get_absolute_url()}presets/"


def prompts(world: World) -> str:
    return f"{world.spec.get_absolute_url()}prompts/"


def prompts_found(world: World) -> str:
    world.ended()
    return f"{world.spec.get_absolute_url()}prompts/?q=没有"


def other_models(world: World) -> str:
    return f"{world.ended().get_absolute_url()}models/"


def earlier_pictures(world: World) -> str:
    return "/outputs/"


def models_to_choose(world: World) -> str:
    return f"{world.spec.get_absolute_url()}others/"


def use_sandbox(world: World) -> None:
    world.settings.SANDBOX_URL = "http://127.0.0.1:9"
    world.key = ApiKey.objects.keep(world.workspace, registry.SANDBOX.slug, "mv_key")


def placeholder(world: World) -> str:
    use_sandbox(world)
    return world.with_outputs("image").get_absolute_url()


def board_of_placeholders(world: World) -> str:
    use_sandbox(world)
    return world.spec.get_absolute_url()


def usage(world: World) -> str:
    world.limit(monthly_budget="10", daily_budget="2")
    world.ended(cost_actual=Decimal(3), cost_estimate=Decimal(2), request_id="1")
    world.ended("failed", cost_actual=Decimal(1), request_id="1")
    world.ended("failed", cost_estimate=Decimal(1), cost_most=Decimal(1))
    return "/team/usage/"


def usage_of_a_member(world: World) -> str:
    usage(world)
    Membership.objects.filter(user=world.ana).update(role=Role.MEMBER)
    return "/team/usage/"


def budgets(world: World) -> str:
    usage(world)
    return "/team/budget/"


def no_budgets(world: World) -> str:
    return "/team/budget/"


def used_budgets(world: World) -> str:
    usage(world)
    return world.spec.get_absolute_url()


def export(world: World) -> str:
    world.with_outputs("image")
    world.run()
    return "/team/export/"


PAGES: list[Callable[[World], str]] = [
    *(without_runs, shown_examples, without_key, refused_key, all_kinds, colleagues),
    *(nothing_earlier, private_pictures, ended_otherwise, in_progress, no_worker),
    *(one_run, damaged_file, failed_run, waiting_run, untracked_run, family, placeholder),
    board_of_placeholders,
    *(varied_form, form_of_a_doubtful_run, draft, preset, presets, no_presets, prompts),
    *(prompts_found, other_models, earlier_pictures, models_to_choose),
    *(usage, usage_of_a_member, budgets, no_budgets, used_budgets, export),
]


@pytest.mark.parametrize("prepare", sample(PAGES, 15), ids=lambda prepare: prepare.__name__)
def test_every_page_is_translated(world: World, prepare: Callable[[World], str]) -> None:
    answer = world.client.get(prepare(world), headers=IN_CHINESE)
    assert answer.status_code == 200
    assert_translated(answer.text)


FOR_OTHERS = [without_runs, without_key, refused_key, in_progress, no_worker, placeholder]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
@pytest.mark.parametrize("prepare", FOR_OTHERS, ids=lambda prepare: prepare.__name__)
def test_every_page_is_translated_for_other_roles(
    world: World, prepare: Callable[[World], str], role: Role
) -> None:
    Membership.objects.filter(user=world.ana).update(role=role)
    assert_translated(world.client.get(prepare(world), headers=IN_CHINESE).text)


PASTED = {
    "JSON": '{"prompt": "一艘船"}',
    "a request": '{"model": "1", "input": {"prompt": "一艘船", "x": 1}}',
    "nothing": "",
    "no JSON": "{",
}


@pytest.mark.parametrize("name", PASTED)
def test_the_answer_to_a_paste_is_translated(world: World, name: str) -> None:
    sent = {"/prompt": "以前", "pasted": PASTED[name], "fill": "1"}
    answer = world.client.post(f"{world.spec.get_absolute_url()}form/", sent, headers=SCRIPT)
    assert_translated(answer.text)


def generate(world: World, **fields: str) -> str:
    sent = {"submission": str(uuid.uuid4()), "/prompt": "一艘船", "/n": "2"} | fields
    return world.client.post(world.spec.get_absolute_url(), sent, headers=SCRIPT).text


def test_the_answer_to_generate_is_translated(world: World) -> None:
    assert_translated(generate(world))
    Worker.objects.all().delete()
    assert_translated(generate(world))


@pytest.mark.parametrize("fields", [{"/prompt": ""}, {"/n": "9"}, {"/prompt": "{{船: 1|2}}"}])
def test_a_refused_form_is_translated(world: World, fields: dict[str, str]) -> None:
    assert_translated(generate(world, **fields))
    assert not Run.objects.exists()


def test_the_request_for_consent_is_translated(world: World) -> None:
    world.limit(ask_above="0.1")
    page = generate(world)
    assert 'name="agreed"' in page
    assert_translated(page)


def test_polled_updates_are_translated(world: World) -> None:
    runs = [world.with_outputs("image"), world.ended("cancelled"), world.run()]
    Worker.objects.all().delete()
    seen = {"run": [f"{run.pk}.0" for run in runs]}
    assert_translated(world.client.get("/runs/live/", seen, headers=SCRIPT).text)


@pytest.mark.parametrize("sent", [{"monthly_budget": "x"}, {"monthly_budget": "5"}])
def test_the_answer_to_a_change_of_budgets_is_translated(
    world: World, sent: dict[str, str]
) -> None:
    answer = world.client.post("/team/budget/", sent, headers=IN_CHINESE, follow=True)
    assert_translated(answer.text)


@pytest.mark.parametrize("limit", ["x", "5"])
def test_the_answer_to_a_change_of_a_personal_budget_is_translated(
    world: World, limit: str
) -> None:
    address = f"/team/budget/{world.workspace.memberships.get(user=world.bo).public_id}/"
    sent = {"daily_budget": limit}
    assert_translated(world.client.post(address, sent, headers=SCRIPT).text)


def test_the_html_page_in_a_zip_is_in_the_language_of_the_downloader(
    world: World,
) -> None:
    stored = store(world.workspace, picture_bytes())
    run = world.with_outputs("image", "image", "video")
    Output.objects.filter(run=run, position=0).update(file=stored, stars=2)
    chosen = {"output": [str(output.pk) for output in run.outputs.all()]}
    files = unpack(world.client.post("/gallery/take/", chosen, headers=IN_CHINESE))
    page = files["index.html"].decode()
    assert '<html lang="zh-hans"' in page
    assert_translated(page)
