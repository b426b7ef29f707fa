"""Views of the catalogue: the choice of models, and adding and editing them."""

import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from playground.body_limits import allow_text
from playground.catalog import audit_lines, editors
from playground.catalog.bundling import BundleError
from playground.catalog.candidate import Candidate
from playground.catalog.drafts import (
    list_notes,
    make_blank_model,
    make_draft_model,
    make_draft_version,
)
from playground.catalog.edit_page import EditPage, add_blank_row, open_page, read_page
from playground.catalog.editors import Editor, editor_of, find_spec
from playground.catalog.forms import CATEGORIES
from playground.catalog.models import EVERYBODY, ModelSpec
from playground.catalog.pasting import REQUEST_BYTES, PastedFileError, pack_text, read_pasted
from playground.catalog.revisions import compare_requirements, compare_versions, list_revisions
from playground.catalog.schema_search import SchemaSearch, find_schemas
from playground.schema.values import pretty
from playground.teams.guards import requires
from playground.teams.models import Workspace
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, page_or_partial, wants_partial

SEARCHED_FROM = 9  # models; below this there is no search field
LISTS = ("rules", "examples")


@require_safe
def choose_model(request: HtmxRequest) -> HttpResponse:
    """The list of models; people who may edit some also see retired ones."""
    words = request.GET.get("q", "").replace("\0", "")[:200]
    current = ModelSpec.objects.current(request.workspace)
    editor = editor_of(request)
    retired = ModelSpec.objects.newest(request.workspace).filter(is_retired=True)
    context = {
        "specs": current.search(words),
        "editor": editor,
        "retired": [spec for spec in retired if editor.may_change(spec)],
        "words": words,
        "is_searched": bool(words) or current.count() >= SEARCHED_FROM,
    }
    is_managed = bool(editor.audiences) and not wants_partial(request)
    page = "catalog/managed_models.html" if is_managed else "catalog/models.html"
    return page_or_partial(request, page, "list", context)


@allow_text(REQUEST_BYTES)
@never_cache
@rate_limited(LimitedAction.EDIT_MODEL)
@requires(Permission.EDIT_MODELS, or_operator=True)
@require_http_methods(["GET", "HEAD", "POST"])
def find_model(request: HtmxRequest, slug: str = "") -> HttpResponse:
    """The page for pasted documentation; the schema found in it opens in the edit page."""
    spec = find_spec(request, slug) if slug else None
    if spec and not editor_of(request).may_change(spec):
        return editors.refuse(request, spec)
    if request.method != "POST":
        return render(request, "catalog/find.html", {"spec": spec})
    try:
        finding = find_schemas(read_pasted(request))
    except PastedFileError as error:
        return show_finding(request, spec, SchemaSearch(text="", problem=str(error)))
    chosen = choose_candidate(finding, request.POST.get("candidate", ""))
    if chosen is None:
        return show_finding(request, spec, finding)
    return show_found(request, spec, finding, chosen)


def show_found(
    request: HtmxRequest, spec: ModelSpec | None, finding: SchemaSearch, chosen: Candidate
) -> HttpResponse:
    """Open the edit page with the chosen schema."""
    try:
        draft = (
            make_draft_version(finding, chosen, spec) if spec else make_draft_model(finding, chosen)
        )
    except BundleError as error:
        return show_finding(request, spec, finding, problem=str(error))
    page = open_page(draft, editor_of(request), is_new=spec is None)
    page.facts.initial["reading_notes"] = "\n".join(list_notes(finding, chosen))
    return show_edit_page(request, spec, page, found=finding.problem or _("Schema found."))


def choose_candidate(finding: SchemaSearch, number: str) -> Candidate | None:
    """Return the chosen or only candidate; None if the choice is open."""
    if len(finding.candidates) == 1:
        number = "0"
    if not number.isdecimal() or len(number) > 3 or int(number) >= len(finding.candidates):  # noqa: PLR2004 - digits
        return None
    return finding.candidates[int(number)]


def show_finding(
    request: HtmxRequest, spec: ModelSpec | None, finding: SchemaSearch, problem: str = ""
) -> HttpResponse:
    """Render the choice of a candidate, or the reason why there is none."""
    problem = problem or finding.problem
    packed = pack_text(finding.text) if finding.candidates else ""
    context = {
        "spec": spec,
        "finding": finding,
        "problem": problem,
        "packed": packed,
    }
    status = 200 if finding.candidates and not problem else 422
    return render(request, "catalog/find.html", context, status=status)


@never_cache
@rate_limited(LimitedAction.EDIT_MODEL)
@requires(Permission.EDIT_MODELS, or_operator=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_model(request: HtmxRequest, slug: str = "") -> HttpResponse:
    """The model editor. A POST saves, previews, or adds a row to a list."""
    spec, editor = find_spec(request, slug) if slug else None, editor_of(request)
    if spec and not editor.may_change(spec):
        return show_model(request, spec)
    if request.method != "POST":
        page = open_page(spec or make_blank_model(), editor, is_new=spec is None)
        return show_edit_page(request, spec, page)
    return save_or_check(request, spec, editor)


def save_or_check(request: HtmxRequest, spec: ModelSpec | None, editor: Editor) -> HttpResponse:
    """Add a row, preview or save, by the pressed button."""
    asked, _, prefix = request.POST.get("do", "").partition(" ")
    if asked == "add" and prefix in LISTS:
        page = read_page(add_blank_row(request.POST, prefix), spec, editor)
        return show_edit_page(request, spec, page, part=prefix)
    page = read_page(request.POST, spec, editor)
    if asked == "preview":
        return show_edit_page(request, spec, page, part="preview")
    return save_model(request, spec, page)


def save_model(request: HtmxRequest, spec: ModelSpec | None, page: EditPage) -> HttpResponse:
    """Publish the draft if its changes are confirmed."""
    draft = page.draft
    if draft is None:
        return show_edit_page(request, spec, page, status=422)
    if unconfirmed := find_unconfirmed(request, spec, draft):
        return show_edit_page(request, spec, page, **unconfirmed)
    try:
        saved = publish_version(draft, made_by=request.user.get_username())
    except IntegrityError:  # another user saved the same model concurrently
        words = _("Another owner just saved this model. Look again, then save.")
        page.facts.add_error(None, words)
        return show_edit_page(request, spec, page, status=422)
    audit_lines.note_saved_model(request, spec, saved)
    return redirect(saved if is_offered(saved, request.workspace) else saved.edit_address)


def find_unconfirmed(
    request: HtmxRequest, spec: ModelSpec | None, draft: ModelSpec
) -> dict[str, Any]:
    """Return the context of the confirmation before a draft is saved; {} for none."""
    is_stale = bool(spec and request.POST.get("base") != str(spec.version))
    if spec is None or not (is_stale or compare_requirements(spec, draft)):
        return {}
    seal = digest_of_draft(spec, draft)
    if request.POST.get("seal") == seal:
        return {}
    return {"review": compare_versions(spec, draft), "seal": seal, "is_stale": is_stale}


def is_offered(spec: ModelSpec, workspace: Workspace) -> bool:
    return ModelSpec.objects.current(workspace).filter(pk=spec.pk).exists()


def publish_version(draft: ModelSpec, *, made_by: str) -> ModelSpec:
    """Store a draft as the newest version.

    Raises  IntegrityError if another was stored concurrently
    """
    with transaction.atomic():
        return ModelSpec.objects.publish(
            draft.slug, workspace=draft.workspace, made_by=made_by, **draft.facts
        )


def digest_of_draft(spec: ModelSpec | None, draft: ModelSpec) -> str:
    """Return a digest of the confirmed changes to this version."""
    text = f"{spec.version if spec else 0} {draft.read_digest()}"
    return hashlib.sha256(text.encode()).hexdigest()


def show_edit_page(
    request: HtmxRequest,
    spec: ModelSpec | None,
    page: EditPage,
    *,
    part: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Render the editor, or only the partial that htmx requested."""
    is_piece = bool(part) and wants_partial(request)
    context = {
        "spec": spec,
        "page": page,
        "categories": CATEGORIES,
        "preview": page.checked.form.render() if page.checked else "",
        "notes": page.checked.notes if page.checked else (),
        "is_piece": is_piece,
        "revisions": list_revisions(spec) if spec and not is_piece else [],
        "tells_who": True,
        **more,
    }
    if part:
        return page_or_partial(request, "catalog/edit.html", part, context, status=status)
    return render(request, "catalog/edit.html", context, status=status)


def show_model(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """A read-only page of an installation's model, for owners, who can copy it."""
    if spec.audience != EVERYBODY or request.method == "POST":
        return editors.refuse(request, spec)
    context = {
        "spec": spec,
        "schema": pretty(spec.schema),
        "examples": [pretty(each) for each in spec.examples],
        "preview": spec.form.render(),
        "notes": spec.notes,
        "revisions": list_revisions(spec),
        "tells_who": False,  # its author may not be a member of this user's workspaces
        "replaced_by": ModelSpec.objects.of(request.workspace)
        .filter(is_current=True, slug=spec.slug)
        .first(),
    }
    return render(request, "catalog/model.html", context)
