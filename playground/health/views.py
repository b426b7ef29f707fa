"""Health checks for process monitors: alive, and ready for work.

Ready means that a run can be processed to its end. A *problem* answers 503: a missing database or
one without this version's migrations, missing static files, storage or worker, an unreachable
broker, a stored key that cannot be decrypted, clocks that differ by more than a lease. A *warning*
still answers 200: no API key yet, a refused key, little disk space, overdue runs, a database
migrated for a newer version. The endpoint is public, so it reveals no paths, secrets or error
messages; `manage.py doctor` shows those to the operator.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.health import checks
from playground.health.findings import Level
from playground.teams.middleware import for_anyone


@for_anyone
@require_safe
def is_alive(request: HttpRequest) -> HttpResponse:
    del request
    return HttpResponse("alive\n", content_type="text/plain")


@for_anyone
@never_cache
@require_safe
def is_ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if a run could be completed, else 503 with the problems."""
    del request
    findings = checks.examine(serves_pages=True)
    wrong, warnings = (
        {finding.name: finding.message for finding in findings if finding.level == level}
        for level in (Level.WRONG, Level.WARNING)
    )
    answer = {"ready": not wrong, "problems": wrong, "warnings": warnings}
    return JsonResponse(answer, status=503 if wrong else 200)
