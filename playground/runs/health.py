"""For whoever watches over the processes: alive, and ready for work."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from playground.runs.models import Worker


@login_not_required
def is_alive(request: HttpRequest) -> HttpResponse:
    del request
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@never_cache
def is_ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when a run could be taken to its end, else 503 with what is wrong."""
    del request
    problems = {name: said for name, check in CHECKS.items() if (said := check())}
    status = 503 if problems else 200
    return JsonResponse({"ready": not problems, "problems": problems}, status=status)


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"The database does not answer: {error}"
    return ""


def check_storage() -> str:
    try:
        default_storage.delete(default_storage.save("readyz", ContentFile(b"ready")))
    except OSError as error:
        return f"Nothing can be stored: {error}"
    return ""


def check_worker() -> str:
    try:
        is_working = Worker.objects.alive().exists()
    except DatabaseError:
        return ""  # said by check_database
    return "" if is_working else "No worker was heard of in the last seconds."


CHECKS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "storage": check_storage,
    "worker": check_worker,
}
