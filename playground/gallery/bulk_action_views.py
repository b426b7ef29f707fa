"""Views of bulk actions on pictures."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import batched
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from playground.gallery import bulk_actions
from playground.gallery.bulk_actions import ActionResult
from playground.gallery.names import SortingError
from playground.runs.models import Output, OutputQuerySet
from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.guards import requires
from playground.teams.models import Membership
from playground.teams.roles import Permission
from playground.web import HtmxRequest, is_script

type Action = Callable[[Membership, OutputQuerySet, str], ActionResult]

# Actions by the value of the pressed button, "stars 3" or "tag"; names have their own field.
ACTIONS: dict[str, Action] = {
    "stars": lambda _, outputs, stars: bulk_actions.rate(outputs, stars),
    "trash": lambda _, outputs, __: bulk_actions.move_to_trash(outputs),
    "restore": lambda _, outputs, __: bulk_actions.restore(outputs),
    "tag": bulk_actions.add_tag,
    "untag": bulk_actions.remove_tag,
    "collect": bulk_actions.add_to_collection,
    "uncollect": bulk_actions.remove_from_collection,
}
NOTED_AT_ONCE = 100  # pictures per line of the audit log
UNDO = "undo"  # session key of the steps that undo the last action; also a tag on its message
WAYS_BACK = ("/gallery/", "/models/", "/compare/")  # pages with a bulk action form
NOT_YOURS = gettext_lazy(
    "Only the author or an owner can delete a picture permanently, once it is in the trash."
)


@require_POST
@requires(Permission.GENERATE)
def apply_bulk_action(request: HtmxRequest) -> HttpResponse:
    """Run a bulk action and redirect back; scripts get the message and the undo steps."""
    action, _, word = request.POST.get("do", "").partition(" ")
    try:
        if action in {"delete", "empty"} and word != "surely":
            return confirm_deletion(request, action)
        done = run_action(request, action, word)
    except SortingError as error:
        return answer_error(request, str(error))
    if is_script(request):
        return JsonResponse(asdict(done))
    request.session[UNDO] = [[step.do, step.outputs] for step in done.undo]
    messages.success(request, done.message, extra_tags=UNDO if done.undo else "")
    back = find_back_address(request)
    is_grid = urlsplit(back).path == reverse("gallery")
    return redirect(back if is_grid or word != "surely" else f"{reverse('gallery')}?trash=1")


def run_action(request: HtmxRequest, action: str, word: str) -> ActionResult:
    """Run the action of a form. Raises SortingError."""
    membership, name = request.membership, word or request.POST.get(f"{action}_name", "")
    if action == "undo":
        return undo_last(request)
    if action == "empty":
        return delete_and_audit(request, find_deletable(request, action))
    outputs = bulk_actions.read_chosen(membership, request.POST.getlist("output"))
    if action == "delete":
        return delete_and_audit(request, outputs)
    if action == "move":
        return bulk_actions.move_to_collection(
            membership, outputs, request.POST.get("collect_name", ""), word
        )
    if action not in ACTIONS:
        raise SortingError(gettext("Choose an action."))
    return ACTIONS[action](membership, outputs, name)


def delete_and_audit(request: HtmxRequest, outputs: OutputQuerySet) -> ActionResult:
    """Delete permanently, and log the pictures and their authors."""
    membership = request.membership
    deletable = bulk_actions.deletable(membership, outputs)
    lost = list(deletable.order_by("pk").values_list("pk", "run__author__username"))
    done = bulk_actions.delete(membership, outputs)
    for batch in batched(lost, NOTED_AT_ONCE):
        audit.log_event(
            request,
            AuditEvent.PICTURES_DELETED,
            count=len(batch),
            outputs=" ".join(str(pk) for pk, _ in batch),
            made_by=" ".join(sorted({author for _, author in batch})),
            workspace=request.workspace,
        )
    return done


def undo_last(request: HtmxRequest) -> ActionResult:
    """Undo the last action, without JavaScript; scripts send the undo steps themselves."""
    steps = request.session.pop(UNDO, [])
    for step, ids in steps:
        action, _, word = step.partition(" ")
        ACTIONS[action](request.membership, bulk_actions.read_chosen(request.membership, ids), word)
    return ActionResult(message=gettext("Undone") if steps else gettext("Nothing to undo."))


def find_deletable(request: HtmxRequest, action: str) -> OutputQuerySet:
    """Return the outputs to delete permanently: the selected ones, or the whole trash.

    Raises  SortingError
    """
    membership = request.membership
    if action == "empty" and not membership.is_owner:
        raise SortingError(gettext("Only an owner can empty the trash."))
    if action == "empty":
        return bulk_actions.deletable(membership, Output.objects.visible_to(membership))
    return bulk_actions.deletable(
        membership, bulk_actions.read_chosen(membership, request.POST.getlist("output"))
    )


def confirm_deletion(request: HtmxRequest, action: str) -> HttpResponse:
    """Ask for confirmation before deleting pictures permanently. Raises SortingError."""
    outputs = find_deletable(request, action)
    count = outputs.count()
    if not count:
        raise SortingError(gettext("The trash is empty.") if action == "empty" else NOT_YOURS)
    context = {
        "action": action,
        "count": count,
        "outputs": outputs.select_related("run", "file")[: bulk_actions.MOST],
        "back": find_back_address(request),
    }
    return render(request, "gallery/delete.html", context)


def answer_error(request: HtmxRequest, words: str) -> HttpResponse:
    if is_script(request):
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, words)
    return redirect(find_back_address(request))


def find_back_address(request: HtmxRequest) -> str:
    """Return the page of the form; never another site (open redirect)."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours and back.startswith(WAYS_BACK) else reverse("gallery")
