"""Creates a voting and logged-in people in the database of a running program.

`python -m tests.experiments.voters 20` writes the address and a session of each person as JSON.
"""

import json
import os
import sys
import uuid
from typing import Any

import django


def create_voters(people: int) -> dict[str, Any]:
    from django.contrib.auth.models import User  # noqa: PLC0415 - only after django.setup()
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from playground.catalog.models import ModelSpec  # noqa: PLC0415
    from playground.experiments.voting.tables import Contender, Voting  # noqa: PLC0415
    from playground.providers import registry  # noqa: PLC0415
    from playground.runs.models import MediaFile, Output, Run  # noqa: PLC0415
    from playground.teams.models import ApiKey, Membership, Workspace  # noqa: PLC0415

    workspace = Workspace.objects.first_one()
    spec = ModelSpec.objects.current(workspace)[0]
    key = ApiKey.objects.store(workspace, registry.SANDBOX.slug, "mv_sandbox_crowd")
    users = [User.objects.create_user(f"voter-{number}") for number in range(people)]
    sessions = []
    for user in users:
        Membership.objects.create(workspace=workspace, user=user, role="member")
        client = Client()
        client.force_login(user)
        sessions.append(client.cookies["sessionid"].value)
    voting = Voting.objects.create(
        workspace=workspace, author=users[0], source="crowd", title="foxes"
    )
    now = timezone.now()
    for number in range(5):
        run = Run.objects.create(
            workspace=workspace, author=users[0], spec=spec, api_key=key,
            inputs={"prompt": f"fox {number}"}, status="succeeded", task_id=str(uuid.uuid4()),
            finished_at=now, stored_at=now, next_check_at=None,
        )  # fmt: skip
        file = MediaFile.objects.create(
            workspace=workspace, sha256=uuid.uuid4().hex * 2, kind="image", size_bytes=9,
            content_type="image/png", width=40, height=30, original="x.png", thumbnail="x.webp",
        )  # fmt: skip
        output = Output.objects.create(run=run, position=0, stored_at=now, file=file)
        Contender.objects.create(voting=voting, output=output, spec=spec)
    return {"path": voting.get_absolute_url(), "sessions": sessions}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    django.setup()
    print(json.dumps(create_voters(int(sys.argv[1]))))  # noqa: T201
