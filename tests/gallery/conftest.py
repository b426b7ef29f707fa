"""Pictures in a gallery without a provider: rows only, whose files do not exist."""

import hashlib
import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.runs.models import MediaFile, Output, Run
from playground.teams.models import ApiKey, Membership, Workspace

type AddPicture = Callable[..., Output]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def membership(workspace: Workspace, ana: User) -> Membership:
    return workspace.memberships.get(user=ana)


@pytest.fixture
def add_picture(workspace: Workspace, ana: User, seedream: ModelSpec) -> AddPicture:
    """Add a picture, each a minute later: add_picture("a cat", size=(16, 9), resolution="4k")."""
    key = ApiKey.objects.store(workspace, registry.SANDBOX.slug, "mv_sandbox_gallery")
    minutes = itertools.count()

    def add(
        prompt: str,
        *,
        size: tuple[int, int] = (4, 3),
        run: dict[str, Any] | None = None,
        count: int = 1,
        **inputs: Any,
    ) -> Output:
        facts = {"author": ana, "workspace": workspace, "spec": seedream} | (run or {})
        made = Run.objects.create(
            api_key=key, inputs={"prompt": prompt} | inputs, status="succeeded",
            task_id=str(uuid.uuid4()), finished_at=timezone.now(), stored_at=timezone.now(),
            next_check_at=None, **facts,
        )  # fmt: skip
        at = NOON + timedelta(minutes=next(minutes))
        Run.objects.filter(pk=made.pk).update(created_at=at)
        made.refresh_from_db()
        outputs = [
            Output.objects.create(
                run=made, position=position, stored_at=at, file=make_file(made.workspace, size)
            )
            for position in range(count)
        ]
        return outputs[0]

    return add


def make_file(workspace: Workspace, size: tuple[int, int]) -> MediaFile:
    sha256 = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
    return MediaFile.objects.create(
        workspace=workspace, sha256=sha256, kind="image", content_type="image/png", size_bytes=9,
        width=size[0] * 100, height=size[1] * 100, original=f"{sha256}.png",
        thumbnail=f"{sha256}.webp",
    )  # fmt: skip
