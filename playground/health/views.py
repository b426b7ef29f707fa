"""Health checks for process monitors: alive, and ready for work.

Ready means that a run could be taken to its end. What is against it is *wrong* and answered
with 503: no database or one without this version's tables, no static files, no storage, no
worker, a broker that does not answer, a stored key that cannot be opened, clocks further apart
than a lease lasts. What a single workspace has to mend, or what may still go well, is a *warning*
and ready all the same: no key yet, a key that the service refuses, little room, runs that are
overdue, a database that a newer version has prepared. Anybody may ask, so the answer holds no
paths, secrets or errors as they came; `manage.py doctor` tells those to the operator.
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
