"""Django's admin site for superusers, at ADMIN_PATH; without that setting there is none.

Rows are read-only, except people's names and roles. It does not show secrets, inputs and files, so
that a superuser sees no more of them than as a member of a workspace.
"""

from typing import Any, ClassVar, override

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.teams import audit, people
from playground.teams.audit import AuditEvent
from playground.teams.models import ApiKey, Invitation, Membership, Role, Workspace


class RestrictedAdminSite(AdminSite):
    """Uses our login page, with rate limits and second factor, and admits superusers only."""

    site_title = site_header = index_title = _("Back office")
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    @method_decorator([login_not_required, secure_admin_login])
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        del extra_context
        if not self.has_permission(request):
            raise PermissionDenied(gettext("Only the operator of this installation has access."))
        return redirect("admin:index")

    def password_change(  # type: ignore[override]  # see above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        del request, extra_context
        return redirect("account_change_password")


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Read-only rows."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False

    def get_urls(self) -> list[URLPattern]:
        """Omit unnamed URLs, which redirect from those of old Django versions."""
        return [each for each in super().get_urls() if each.name]

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False


class EditableAdmin(ReadOnlyAdmin):
    """Editable rows; deleting is disabled, because it would cascade."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del obj
        return bool(getattr(request.user, "is_superuser", False))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        """Also write the change to the audit log."""
        facts = {"table": type(obj).__name__, "row": obj, "role": getattr(obj, "role", "")}
        workspace = obj if isinstance(obj, Workspace) else getattr(obj, "workspace", "")
        audit.log_event(
            request,
            AuditEvent.ADMIN_SITE_CHANGED,
            **facts,
            how=message,
            id=obj.pk,
            workspace=workspace,
        )
        return super().log_change(request, obj, message)

    @override
    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Describe changed fields with old and new values; of other forms only the field names."""
        if not isinstance(form, forms.ModelForm):  # the password form
            return super().construct_change_message(request, form, formsets, add)
        return "; ".join(
            f"{name}: {form.initial.get(name)} → {form.cleaned_data[name]}"
            for name in form.changed_data
        )


class PeopleAdmin(EditableAdmin, UserAdmin):  # type: ignore[type-arg]  # see above
    """Accounts. They cannot be deleted, because runs keep their author: deactivate them instead."""

    list_display = ("username", "email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    fieldsets = (
        (None, {"fields": ("username", "email")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if "is_superuser" in form.changed_data:
            event = (
                AuditEvent.SUPERUSER_GRANTED if obj.is_superuser else AuditEvent.SUPERUSER_REVOKED
            )
            audit.log_event(request, event, person=obj)

    filter_horizontal = ()


class WorkspaceAdmin(EditableAdmin):
    list_display = ("name", "created_at")
    search_fields = ("name",)
    fields = ("name",)


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]  # see below
    """Changes a role, unless no owner would be left."""

    class Meta:
        model = Membership
        fields = ("role",)

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if role != Role.OWNER:
            try:
                people.check_other_owner(self.instance)
            except people.PeopleError as error:
                raise forms.ValidationError(str(error)) from error
        return role


class MembershipAdmin(EditableAdmin):
    form = MembershipForm
    list_display = ("user", "workspace", "role", "joined_at")
    list_filter = ("role",)
    list_select_related = ("user", "workspace")
    search_fields = ("user__username", "workspace__name")
    fields = ("user", "workspace", "role", "joined_at")
    readonly_fields = ("user", "workspace", "joined_at")


class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("workspace", "role", "made_by", "expires_at", "used_by", "revoked_at")
    list_select_related = ("workspace", "made_by", "used_by")
    fields = (
        *("workspace", "role", "note", "made_by", "created_at"),
        *("expires_at", "revoked_at", "used_at", "used_by"),
    )


class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "last_four", "workspace", "provider", "is_active", "last_used_at")
    list_filter = ("provider", "is_active")
    list_select_related = ("workspace",)
    fields = (
        *("name", "last_four", "workspace", "provider", "is_active", "added_by", "created_at"),
        *("deleted_at", "last_used_at", "refused_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Defer the encrypted secrets."""
        return super().get_queryset(request).defer("secret")


class ModelSpecAdmin(ReadOnlyAdmin):
    """Every version of every model; shared models have no workspace."""

    list_display = (
        *("slug", "workspace", "version", "title", "is_current", "is_retired", "made_by"),
        "created_at",
    )
    list_select_related = ("workspace",)
    list_filter = ("is_current", "is_retired")
    search_fields = ("slug", "title")
    fields = (*list_display, "description", "category", "digest")


class RunAdmin(ReadOnlyAdmin):
    """The status and cost of runs, without inputs and outputs."""

    list_display = ("id", "workspace", "author", "spec", "status", "cost_actual", "created_at")
    list_filter = ("status",)
    list_select_related = ("workspace", "author", "spec")
    search_fields = ("=id", "=task_id", "=request_id")
    fields = (
        *("id", "workspace", "author", "spec", "status", "cost_estimate", "cost_actual"),
        *("task_id", "request_id", "idempotency_key", "problem", "attempts"),
        *("created_at", "sent_at", "accepted_at", "finished_at", "stored_at", "next_check_at"),
    )
    ordering: ClassVar = ["-created_at"]


def admin_urls() -> AdminSite:
    site = RestrictedAdminSite(name="admin")
    site.register(User, PeopleAdmin)
    site.register(Workspace, WorkspaceAdmin)
    site.register(Membership, MembershipAdmin)
    site.register(Invitation, InvitationAdmin)
    site.register(ApiKey, ApiKeyAdmin)
    site.register(ModelSpec, ModelSpecAdmin)
    site.register(Run, RunAdmin)
    return site
