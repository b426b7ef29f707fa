"""Views of the page of API keys."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from playground.providers.errors import KeyRefused
from playground.teams import audit, keys, providers_in_use
from playground.teams.audit import AuditEvent
from playground.teams.encryption import UndecryptableError
from playground.teams.guards import requires
from playground.teams.key_forms import NewKeyForm, RenameForm
from playground.teams.models import ApiKey
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest


def find_key(request: HtmxRequest, pk: uuid.UUID) -> ApiKey:
    """Return a key of the workspace without its secret.

    Raises  Http404
    """
    kept = ApiKey.objects.kept().filter(workspace=request.workspace).defer("secret")
    return get_object_or_404(kept, pk=pk)


@sensitive_post_parameters("secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited(LimitedAction.CHANGE_KEY)
@requires(Permission.MANAGE_KEYS)
def show_keys(request: HtmxRequest) -> HttpResponse:
    """The keys of the workspace, and a form for one more. A POST adds it."""
    form = NewKeyForm(request.workspace, request.POST if request.method == "POST" else None)
    if form.is_valid() and add_key(request, form):
        return redirect("keys")
    context = {"listed": keys.list_keys(request.workspace), "form": form}
    return render(request, "teams/keys.html", context, status=422 if form.errors else 200)


def add_key(request: HtmxRequest, form: NewKeyForm) -> bool:
    """Add a key and show the result; False if the provider refuses it."""
    provider = form.chosen_provider
    try:
        added = keys.add_key(
            request.workspace,
            provider,
            form.cleaned_data["secret"],
            name=form.cleaned_data["name"],
            added_by=request.user,
            is_wanted=form.cleaned_data["is_wanted"],
        )
    except KeyRefused as error:
        refusal = _("%(service)s rejected this key, so nothing was saved.")
        refusal %= {"service": providers_in_use.name_of(provider)}
        form.add_error("secret", refusal if error.status else str(error))
        return False
    log_key_event(request, AuditEvent.KEY_ADDED, added.key)
    show_added(request, added)
    return True


def log_key_event(request: HtmxRequest, event: AuditEvent, key: ApiKey, **facts: str) -> None:
    """Log an event about a key, which is named by its name and ending."""
    audit.log_event(request, event, key=key, id=key.pk, workspace=request.workspace, **facts)


def show_added(request: HtmxRequest, added: keys.AddedKey) -> None:
    words = {"key": added.key, "service": added.key.provider_name, "why": added.doubt}
    if added.doubt:
        message = _("Stored %(key)s, but it could not be checked: %(why)s") % words
        messages.warning(request, message)
    else:
        messages.success(request, _("Stored %(key)s: %(service)s accepts it.") % words)
    if added.is_current:
        messages.success(request, _("New runs use it."))


@require_POST
@rate_limited(LimitedAction.CHANGE_KEY)
@requires(Permission.MANAGE_KEYS)
def change_key(request: HtmxRequest, pk: uuid.UUID, action: str) -> HttpResponse:
    """Run an action on a key, show a message, and redirect to the page."""
    key = find_key(request, pk)
    if action not in ACTIONS:
        raise Http404
    before = str(key)
    if ACTIONS[action](request, key):
        renamed = {"renamed_from": before} if action == "rename" else {}
        log_key_event(request, AuditEvent.KEY_CHANGED, key, how=action, **renamed)
    return redirect("keys")


def rename_key(request: HtmxRequest, key: ApiKey) -> bool:
    form = RenameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Not renamed: a name has 1 to 60 characters."))
        return False
    key.name = form.cleaned_data["name"]
    key.save(update_fields=["name"])
    return True


def make_current(request: HtmxRequest, key: ApiKey) -> bool:
    key.make_current()
    messages.success(request, _("New runs use %(key)s.") % {"key": key})
    return True


def disable(request: HtmxRequest, key: ApiKey) -> bool:
    key.disable()
    message = _("%(key)s is disabled: new runs no longer use it. Runs in progress continue.")
    messages.success(request, message % {"key": key})
    return True


def enable(request: HtmxRequest, key: ApiKey) -> bool:
    key.enable()
    messages.success(request, _("%(key)s is enabled.") % {"key": key})
    return True


def check_key(request: HtmxRequest, key: ApiKey) -> bool:
    words = {"key": key, "service": key.provider_name}
    try:
        doubt = keys.check_stored_key(key)
    except KeyRefused:
        messages.error(request, _("%(service)s rejects %(key)s.") % words)
    except UndecryptableError:
        messages.error(
            request, _("%(key)s cannot be decrypted with the current ENCRYPTION_KEYS.") % words
        )
    else:
        taken = _("%(service)s accepts %(key)s.") % words
        unknown = _("%(key)s could not be checked: %(why)s") % {**words, "why": doubt}
        tell = messages.warning if doubt else messages.success
        tell(request, unknown if doubt else taken)
    return False


# Each returns whether it changed the key.
ACTIONS: dict[str, Callable[[HtmxRequest, ApiKey], bool]] = {
    "rename": rename_key,
    "current": make_current,
    "disable": disable,
    "enable": enable,
    "check": check_key,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_KEYS)
def delete_key(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for confirmation to delete a key, with its use; a POST deletes it."""
    key = find_key(request, pk)
    if request.method == "POST":
        key.erase()
        log_key_event(request, AuditEvent.KEY_DELETED, key)
        messages.success(request, _("%(key)s is deleted.") % {"key": key})
        return redirect("keys")
    listed = next(one for one in keys.list_keys(request.workspace) if one.key == key)
    return render(request, "teams/delete_key.html", {"listed": listed, "key": key})
