"""Makes sample workspaces with all kinds of objects, with short names and names of maximum length.

It is a separate process, because the process of the tests has another database:
`python -m tests.browser.sample_workspaces` in the environment of the program to fill. Its last line
is `{kind of names: SampleWorkspace}` as JSON.
"""

import io
import json
import sys
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import django

from tests.longer_language import LANGUAGES

WORDS = (
    "The Extraordinarily Talented Illustrators of the Northern Riverside Studio Collective, Ltd. "
    "and Sons"
)
ENDED = ("succeeded", "failed", "cancelled")
PROBLEMS = (
    ("failed", "out_of_funds"),
    ("failed", "declined"),
    ("pending", "throttled"),
    ("pending", "key_refused"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of everything that people can name."""

    workspace: str
    person: str
    other: str
    model: str
    preset: str
    key: str
    tag: str
    collection: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWorkspace:
    """What a test needs to open the pages of a sample workspace.

    cookie  name and value of the owner's session cookie
    paths   paths of the workspace's own pages, by what they show
    """

    cookie: tuple[str, str]
    paths: dict[str, str]


NAMES = {
    "short": Names(
        workspace="Studio", person="ana", other="bo", model="Sketch", preset="Herons", key="Team",
        tag="fox", collection="Autumn", prompt="a lighthouse at dusk",
    ),
    "long": Names(
        workspace=WORDS[:100], person="maximiliana.featherstonehaugh-cholmondeley@illustrators",
        other="bartholomew_the_second@northern-riverside-studio.example.org",
        model=f"{WORDS} Model of Models, Edition of the Year"[:200], preset=WORDS[:80],
        key=f"Key of {WORDS}"[:100], tag="watercolours and gouache of the old town",
        collection=WORDS[:100], prompt=f"{WORDS} at work. " * 6,
    ),
    "unbroken": Names(
        workspace="W" * 100, person="m" * 150, other="o" * 150, model="M" * 200, preset="P" * 80,
        key="K" * 100, tag="T" * 40, collection="C" * 100, prompt="x" * 400,
    ),
    # Without Latin letters, so that Latin letters on a page are texts of the program.
    "han": Names(
        workspace="画室", person="1001", other="1002", model="速写", preset="苍鹭", key="密钥",
        tag="狐狸", collection="秋天", prompt="黄昏的灯塔",
    ),
}  # fmt: skip


def make_workspace(names: Names) -> SampleWorkspace:
    """Make one workspace with runs of every status, and with everything that pages list."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - only after django.setup()

    from playground.catalog.models import ModelSpec  # noqa: PLC0415
    from playground.providers import registry  # noqa: PLC0415
    from playground.teams.models import ApiKey, Membership, Workspace  # noqa: PLC0415

    workspace = Workspace.objects.create(
        name=names.workspace, monthly_budget="0.4", daily_budget="0.3", ask_above="0.25"
    )
    owner = User.objects.create_user(names.person, email="a@example.org")
    other = User.objects.create_user(names.other)
    Membership.objects.create(workspace=workspace, user=owner, role="owner")
    Membership.objects.create(workspace=workspace, user=other, role="member")
    second = Workspace.objects.create(name=f"{names.workspace[:90]} 2")
    Membership.objects.create(workspace=second, user=owner, role="owner")
    key = ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, f"mv-{uuid.uuid4()}")
    ApiKey.objects.filter(pk=key.pk).update(name=names.key)
    spec = ModelSpec.objects.current(workspace).get(slug="doubao-seedream-5-0-lite")
    slug = f"model-{names.person[:3].lower()}"
    own = ModelSpec.objects.publish(slug, **{**spec.facts, "title": "2025"})
    schema = say_in_han(spec.schema)
    del schema["properties"]["watermark"]
    own = ModelSpec.objects.publish(
        slug, made_by=names.person, **{**own.facts, "title": names.model, "schema": schema}
    )
    maker = Maker(workspace=workspace, author=owner, spec=own, key=key, names=names)
    paths = maker.fill() | {"playground": f"models/{slug}/", "model": f"models/{slug}/edit/"}
    paths |= {"presets": f"models/{slug}/presets/", "prompts": f"models/{slug}/prompts/"}
    paths |= {"vary values": f"experiments/new/?model={slug}&vary-models=*"}
    return SampleWorkspace(cookie=log_in(owner, workspace), paths=paths)


def say_in_han(schema: Any) -> Any:
    """Return a schema with its Chinese texts also for the languages of longer_language.py."""
    if isinstance(schema, list):
        return [say_in_han(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: say_in_han(each) for name, each in schema.items()}
    if chinese := changed.get("x-i18n", {}).get("zh-Hans"):
        changed["x-i18n"] |= dict.fromkeys(LANGUAGES, chinese)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Creates the objects of a workspace for one author and one model."""

    workspace: Any
    author: Any
    spec: Any
    key: Any
    names: Names

    def fill(self) -> dict[str, str]:
        from playground.gallery.models import Collection, Tag  # noqa: PLC0415 - after setup()
        from playground.runs.models import Preset  # noqa: PLC0415
        from playground.teams.models import Invitation  # noqa: PLC0415
        from tests.browser.sample_experiment import make_experiment, make_voting  # noqa: PLC0415

        first = self.run("succeeded", pictures=1)
        again = self.run("succeeded", pictures=4, made_from=first, prompt="another", size="16:9")
        varied = self.run("succeeded", pictures=1, made_from=again, n=2)
        large = self.run("succeeded", pictures=2, pixels=(2400, 1800), seed=7)
        videos = self.run("succeeded", videos=2, seed=8)
        self.run("processing")
        self.run("processing", set_aside_at=again.created_at)
        self.run("queued", is_shared=False)
        failed, *_ = (self.run(status, problem=problem) for status, problem in PROBLEMS)
        picture = again.outputs.first()
        tag = Tag.objects.create(workspace=self.workspace, name=self.names.tag)
        tag.outputs.add(picture)
        album = Collection.objects.create(
            workspace=self.workspace, name=self.names.collection, made_by=self.author
        )
        album.outputs.add(*again.outputs.all())
        last = again.outputs.last()
        last.trashed_at = again.created_at
        last.save()
        Preset.objects.create(
            workspace=self.workspace, author=self.author, slug=self.spec.slug, spec=self.spec,
            name=self.names.preset, inputs=again.inputs, is_shared=True,
        )  # fmt: skip
        _, token = Invitation.objects.issue(
            workspace=self.workspace, role="member", days=7, made_by=self.author,
            note=self.names.key[:100],
        )  # fmt: skip
        experiment = make_experiment(self)
        voting = make_voting(self, experiment)
        return {
            "run": f"runs/{again.pk}/",
            "failed run": f"runs/{failed.pk}/",
            "other models": f"runs/{again.pk}/models/",
            "picture": f"gallery/{picture.pk}/",
            "trashed picture": f"gallery/{last.pk}/",
            "collection": f"gallery/?collection={album.pk}",
            "compare": compare(first, varied),
            "compare six": compare(first, again, varied),
            "compare large": compare(large),
            "compare films": compare(videos),
            "compare trashed": compare(first, again, only=1) + f"&o={last.pk}",
            "experiment": f"experiments/{experiment.pk}/",
            "vote": f"votes/{voting.pk}/",
            "vote results": f"votes/{voting.pk}/results/",
            "add values": f"experiments/{experiment.pk}/add/",
            "repeat row": f"experiments/{experiment.pk}/repeat/0-0/",
            "delete key": f"team/keys/{self.key.pk}/delete/",
            "join": f"join/{token}/",
        }

    def run(
        self,
        status: str,
        *,
        pictures: int = 0,
        videos: int = 0,
        problem: str = "",
        pixels: tuple[int, int] = (640, 480),
        **facts: Any,
    ) -> Any:
        from django.utils import timezone  # noqa: PLC0415 - only after django.setup()

        from playground.runs.models import Output, Run  # noqa: PLC0415

        now = timezone.now() - timedelta(hours=1)
        columns = {name: facts.pop(name) for name in list(facts) if hasattr(Run, name)}
        over = {"finished_at": now, "stored_at": now} if status in ENDED else {}
        if problem:
            columns |= {"problem_message": self.names.prompt[:200], "problem_since": now}
        run = Run.objects.create(
            workspace=self.workspace, author=self.author, spec=self.spec, api_key=self.key,
            inputs={"prompt": self.names.prompt, "n": max(pictures, 1), "size": "1:1", **facts},
            status=status, problem=problem, task_id=f"task-{uuid.uuid4()}", next_check_at=None,
            cost_actual="0.126" if pictures else None, **(over | columns),
        )  # fmt: skip
        files = [self.draw(pixels) for _ in range(pictures)] + [self.video() for _ in range(videos)]
        for position, file in enumerate(files):
            Output.objects.create(run=run, position=position, stored_at=now, file=file)
        return run

    def draw(self, pixels: tuple[int, int]) -> Any:
        """Store a new picture with its middle sizes."""
        from PIL import Image  # noqa: PLC0415 - only after django.setup()

        from playground.runs.files import middle_sizes  # noqa: PLC0415 - as above
        from tests.browser.full_gallery import store_file  # noqa: PLC0415 - as above

        buffer = io.BytesIO()
        colour = tuple(uuid.uuid4().bytes[:3])
        Image.new("RGB", pixels, colour).save(buffer, "PNG")
        file = store_file(self.workspace.pk, buffer.getvalue())
        middle_sizes.keep(file, middle_sizes.draw(file))
        return file

    def video(self) -> Any:
        from tests.browser.full_gallery import make_video, store_file  # noqa: PLC0415 - as above

        return store_file(self.workspace.pk, make_video())


def compare(*runs: Any, only: int | None = None) -> str:
    """Return the path of a comparison of the runs' outputs that are not in the trash."""
    outputs = [each for run in runs for each in run.outputs.filter(trashed_at=None)][:only]
    return f"compare/?{'&'.join(f'o={output.pk}' for output in outputs)}"


def log_in(user: Any, workspace: Any) -> tuple[str, str]:
    from django.conf import settings  # noqa: PLC0415 - only after django.setup()
    from django.test import Client  # noqa: PLC0415

    from playground.teams.middleware import WORKSPACE_KEY  # noqa: PLC0415

    client = Client()
    client.force_login(user)
    session = client.session
    session[WORKSPACE_KEY] = str(workspace.pk)
    session.save()
    return settings.SESSION_COOKIE_NAME, session.session_key or ""


if __name__ == "__main__":
    django.setup()
    wanted = sys.argv[1:] or NAMES
    print(json.dumps({kind: asdict(make_workspace(NAMES[kind])) for kind in wanted}))  # noqa: T201
