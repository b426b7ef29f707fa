"""The page with a person's open sessions, where they can log out of them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.teams import audit, sessions
from playground.teams.audit import AuditEvent
from playground.teams.middleware import no_workspace
from playground.web import HtmxRequest


@never_cache
@no_workspace
@require_http_methods(["GET", "HEAD", "POST"])
def show_sessions(request: HtmxRequest) -> HttpResponse:
    """List the person's sessions; a POST ends one or all of the others."""
    current = request.session.session_key
    if request.method == "POST":
        return end_others(request, current)
    if request.session.modified:
        request.session.save()  # on the first visit, the session is not stored yet
    found = sessions.list_sessions(request.user, current)
    return render(request, "account/sessions.html", {"sessions": found})


def end_others(request: HtmxRequest, current: str | None) -> HttpResponse:
    public_id = request.POST.get("session", "")
    if not public_id and "others" not in request.POST:
        return redirect("sessions")
    count = sessions.end_others(request.user, current, public_id)
    event = AuditEvent.SESSION_ENDED if public_id else AuditEvent.OTHER_SESSIONS_ENDED
    if count:
        audit.log_event(request, event, count=count)
    said = ngettext("Logged out of %(n)s browser.", "Logged out of %(n)s browsers.", count)
    messages.success(request, said % {"n": count})
    return redirect("sessions")
