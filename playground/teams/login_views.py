"""Views without a login: login, invitation links, and the setup at the first start."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import login as show_login
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.teams import audit, login_limits, people, setup
from playground.teams.accounts import INVITATION_KEY
from playground.teams.audit import AuditEvent, membership_facts
from playground.teams.backends import PASSWORD_BACKEND
from playground.teams.forms import NAME_TAKEN, AccountForm, SetupForm
from playground.teams.login_limits import TooManyTriesError
from playground.teams.middleware import WORKSPACE_KEY
from playground.teams.models import Invitation, Membership
from playground.teams.people import InvitationClosedError
from playground.teams.rate_limits import rate_limited_by_address, refuse_too_many
from playground.teams.roles import ROLE_DESCRIPTIONS
from playground.teams.setup import SetupDoneError

type View = Callable[..., HttpResponseBase]

NO_INVITATION = gettext_lazy("This invitation link is incomplete or was never valid.")
TOKEN_WRONG = gettext_lazy("Wrong token. Run manage.py people setup to print it.")


@login_not_required
def log_in(request: HttpRequest) -> HttpResponseBase:
    """The login page; redirects to the setup before there is an account."""
    if setup.is_needed():
        return redirect("setup")
    if request.method == "POST":
        count = login_limits.count_of_login(request, request.POST.get("login", "").strip())
        try:
            login_limits.count_attempts([count])
        except TooManyTriesError as error:
            return refuse_too_many(request, error.wait_seconds, str(error))
    shown: HttpResponseBase = show_login(request)
    return shown


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited_by_address("join")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an invitation; a POST accepts it, with the current account or a new one."""
    invitation = Invitation.objects.find(token)
    if invitation is None or invitation.closed_because:
        return show_closed(request, invitation.closed_because if invitation else NO_INVITATION)
    request.session[INVITATION_KEY] = str(invitation.pk)  # single sign-on returns without the token
    is_post = request.method == "POST"
    form = AccountForm(request.POST if is_post else None)
    try:
        if is_post and (request.user.is_authenticated or form.is_valid()):
            return join_workspace(request, invitation, form)
    except InvitationClosedError as error:
        return show_closed(request, str(error))
    except IntegrityError:  # the username was taken concurrently
        form.add_error("username", NAME_TAKEN)
    context = {"invitation": invitation, "form": form, "may": ROLE_DESCRIPTIONS[invitation.role]}
    return render(request, "teams/join.html", context, status=422 if is_post else 200)


def join_as_user(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Accept the invitation with the current account."""
    membership = people.accept_invitation(invitation, user)
    audit.log_event(request, AuditEvent.INVITATION_USED, **membership_facts(membership))
    return enter_workspace(request, membership)


def join_workspace(request: HttpRequest, invitation: Invitation, form: AccountForm) -> HttpResponse:
    if isinstance(request.user, User):
        return join_as_user(request, invitation, request.user)
    with transaction.atomic():
        user = form.make()
        membership = people.accept_invitation(invitation, user)
    audit.log_event(request, AuditEvent.ACCOUNT_MADE, person=user)
    audit.log_event(request, AuditEvent.INVITATION_USED, **membership_facts(membership))
    login(request, user, PASSWORD_BACKEND)
    return enter_workspace(request, membership)


def enter_workspace(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[WORKSPACE_KEY] = str(membership.workspace_id)
    return redirect("home")


def show_closed(request: HttpRequest, why: str | Promise) -> HttpResponse:
    return render(request, "teams/closed.html", {"why": why}, status=410)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited_by_address("setup")
def set_up(request: HttpRequest) -> HttpResponse:
    """Create the first owner, if the setup token is correct."""
    if not setup.is_needed():
        return redirect("home")
    is_post = request.method == "POST"
    initial = {"token": request.GET.get("token", "").replace("\0", "")}
    form = SetupForm(request.POST if is_post else None, initial=initial)
    if is_post and form.is_valid():
        if setup.is_right(form.cleaned_data["token"]):
            return make_first_owner(request, form)
        form.add_error("token", TOKEN_WRONG)
    return render(request, "teams/setup.html", {"form": form}, status=422 if is_post else 200)


def make_first_owner(request: HttpRequest, form: SetupForm) -> HttpResponse:
    try:
        membership = setup.make_owner(form, form.cleaned_data["workspace"])
    except SetupDoneError:
        return redirect("home")
    audit.log_event(request, AuditEvent.ACCOUNT_MADE, **membership_facts(membership))
    audit.log_event(request, AuditEvent.SUPERUSER_GRANTED, person=membership.user)
    login(request, membership.user, PASSWORD_BACKEND)
    return enter_workspace(request, membership)


def clear_browser_cache(view: View) -> View:
    """Clear the browser cache at logout (Clear-Site-Data)."""

    @wraps(view)
    def forgotten(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache"'
        return response

    return forgotten
