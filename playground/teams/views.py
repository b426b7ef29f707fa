"""Views of the pages about people and workspaces."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from playground.paging import part_of, read_at, read_words
from playground.public_url import absolute_url
from playground.teams import audit, people
from playground.teams.audit import AuditEvent, membership_facts
from playground.teams.forms import InvitationForm, RoleForm
from playground.teams.guards import requires
from playground.teams.middleware import WORKSPACE_KEY
from playground.teams.models import Invitation, Membership
from playground.teams.people import PeopleError
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import ROLE_DESCRIPTIONS, Permission, Role
from playground.web import HtmxRequest, page_or_partial


@require_POST
def switch_workspace(request: HtmxRequest) -> HttpResponse:
    """Switch to another workspace of the person; 404 for others."""
    wanted = request.POST.get("workspace", "")
    if any(str(membership.workspace_id) == wanted for membership in request.memberships):
        request.session[WORKSPACE_KEY] = wanted
    return redirect("home")


@never_cache
@require_safe
def show_team(request: HtmxRequest) -> HttpResponse:
    """The page of members and invitations; owners can change them."""
    return draw_team(request)


def draw_team(request: HtmxRequest, status: int = 200, **more: Any) -> HttpResponse:
    context = read_team(request) | more
    if request.method == "POST":
        return render(request, "teams/people.html", context, status=status)
    return page_or_partial(request, "teams/people.html", "people", context)


def read_team(request: HtmxRequest) -> dict[str, Any]:
    """Return the context of the page of people."""
    at = read_at(request)
    words = read_words(request, at)
    memberships = Membership.objects.filter(workspace=request.workspace)
    people = memberships.search(words, by_email=request.membership.is_owner)
    invitations = request.workspace.invitations.open().order_by("-created_at")
    return {
        "part": part_of(request, people.select_related("user").order_by("joined_at", "pk"), at=at),
        "words": words,
        "invitations": part_of(request, invitations, name="links", at=at),
        "roles": [(role, ROLE_DESCRIPTIONS[role]) for role in Role],
        "invitation_form": InvitationForm(),
    }


def back_to_team(request: HtmxRequest) -> HttpResponse:
    """Redirect to the part of the list with the submitted form."""
    at = read_at(request)
    return redirect(f"{reverse('team')}?{at}" if at else "team")


@never_cache
@require_POST
@rate_limited(LimitedAction.INVITE)
@requires(Permission.MANAGE_PEOPLE)
def invite(request: HtmxRequest) -> HttpResponse:
    """Create an invitation, and show its link once."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return draw_team(request, status=422, invitation_form=form)
    invitation, token = Invitation.objects.issue(
        workspace=request.workspace, made_by=request.user, **form.cleaned_data
    )
    facts = {"invitation": invitation.pk, "role": invitation.role}
    audit.log_event(request, AuditEvent.INVITATION_MADE, **facts, workspace=request.workspace)
    link = absolute_url(reverse("join", args=[token]), request)
    return draw_team(request, invitation=invitation, link=link)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def revoke(request: HtmxRequest, pk: UUID) -> HttpResponse:
    """Revoke an invitation; a used one does not change."""
    open_ones = request.workspace.invitations.open().filter(pk=pk)
    if open_ones.update(revoked_at=timezone.now()):
        audit.log_event(
            request, AuditEvent.INVITATION_REVOKED, invitation=pk, workspace=request.workspace
        )
    return back_to_team(request)


def find_membership(request: HtmxRequest, public_id: UUID) -> Membership:
    """Return a membership of this workspace; answer 404 for others."""
    memberships = request.workspace.memberships.select_related("user")
    return get_object_or_404(memberships, public_id=public_id)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def change_role(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    membership = find_membership(request, public_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return draw_team(request, status=422, problem=_("Choose one of the roles."))
    try:
        people.change_role(membership, form.cleaned_data["role"])
    except PeopleError as error:
        return draw_team(request, status=422, problem=str(error))
    membership.role = form.cleaned_data["role"]
    audit.log_event(request, AuditEvent.ROLE_CHANGED, **membership_facts(membership))
    return back_to_team(request)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def remove(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    membership = find_membership(request, public_id)
    try:
        people.remove_member(membership)
    except PeopleError as error:
        return draw_team(request, status=422, problem=str(error))
    audit.log_event(request, AuditEvent.PERSON_REMOVED, **membership_facts(membership))
    return back_to_team(request) if membership.pk != request.membership.pk else redirect("home")


@require_POST
def leave(request: HtmxRequest) -> HttpResponse:
    """Leave the workspace, in any role."""
    try:
        people.remove_member(request.membership)
    except PeopleError as error:
        return draw_team(request, status=422, problem=str(error))
    audit.log_event(request, AuditEvent.PERSON_REMOVED, **membership_facts(request.membership))
    return redirect("home")
