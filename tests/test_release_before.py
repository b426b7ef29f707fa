"""The previous release works with the new tables, as it must between `release` and the restart.

Its code is read from the git history; the rule is in docs/migrations.md.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.launched import ROOT
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

# The last commit before the newest migrations.
RELEASE_BEFORE = "2dad283fc6fbeef471cdf28c089406f68322e68b"
SECONDS = 120

# Runs in the previous release: from the first login to a stored picture.
REQUESTS = """
import json, os, threading, time, uuid, io
import django; django.setup()
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from playground.catalog import shipped
from playground.catalog.models import ModelSpec
from playground.runs.worker import steps
from playground.runs.models import Output, Run, Upload
from playground.teams.models import ApiKey, Membership, Role, Service, Workspace

results = {}
workspace = Workspace.objects.first_one()
user = User.objects.create_user("ana", password="a long walk home")
Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
ApiKey.objects.keep(workspace, Service.SANDBOX, os.environ["SANDBOX_KEY"])
spec = next(s for s in shipped.publish_all() if s.slug == "doubao-seedream-5-0-lite")

web = Client(headers={"Host": "localhost"}, raise_request_exception=False)
said = web.post("/login/", {"login": "ana", "password": "a long walk home"})
results["log in"] = said.status_code
fields = {"submission": str(uuid.uuid4()), "/prompt": "a lighthouse", "/n": "1"}
results["generate"] = web.post(spec.get_absolute_url(), fields).status_code
picture = io.BytesIO()
Image.new("RGB", (64, 48), "teal").save(picture, "PNG")
file = SimpleUploadedFile("cat.png", picture.getvalue())
uploaded = web.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": file})
results["upload"] = uploaded.status_code

ends_at, tick = time.monotonic() + 60, threading.Event()
while Run.objects.exclude(next_check_at=None).exists() and time.monotonic() < ends_at:
    Run.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
    for pk in Run.objects.due().values_list("pk", flat=True):
        while steps.take(pk):
            pass
    tick.wait(0.02)
results["run"] = Run.objects.get().status
results["stored"] = Output.objects.exclude(stored_at=None).count()
for name, path in {"gallery": "/gallery/", "run page": Run.objects.get().get_absolute_url(),
                   "models": "/models/", "people": "/team/", "keys": "/team/keys/"}.items():
    results[name] = web.get(path).status_code
print(json.dumps(results))
"""


def run_python(
    folder: Path, environment: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def release_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code of the previous release."""
    words = ["git", "archive", RELEASE_BEFORE, "playground", "templates", "static", "manage.py"]
    packed = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip(f"the previous release is not in the git history: {packed.stderr.decode()}")
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def results(
    release_before: Path,
    tmp_path_factory: pytest.TempPathFactory,
    new_database: Callable[[], str],
    sandbox_process: SandboxProcess,
) -> dict[str, Any]:
    """The results of the requests to the previous release, with the new tables."""
    sandbox_process.reset()
    sandbox_process.durations(queued=0, processing=0)
    environment = {
        "DATABASE_URL": new_database(),
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "SANDBOX_URL": sandbox_process.url,
        "SANDBOX_KEY": sandbox_process.api_key,
        "DJANGO_SETTINGS_MODULE": "playground.settings",
        "DEBUG": "on",  # static files are not collected
    }
    for words in (("migrate", "--verbosity=0"), ("createcachetable",)):
        ended = run_python(ROOT, environment, "manage.py", *words)
        assert ended.returncode == 0, ended.stderr
    ended = run_python(release_before, environment, "-c", REQUESTS)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found | {"errors": ended.stderr}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("log in", 302),
        ("generate", 302),
        ("upload", 200),
        ("run", "succeeded"),
        ("stored", 1),
        ("gallery", 200),
        ("run page", 200),
        ("models", 200),
        ("people", 200),
        ("keys", 200),
    ],
)
def test_the_previous_release_works_with_the_new_schema(
    results: dict[str, Any], what: str, expected: object
) -> None:
    assert results[what] == expected, results["errors"]
