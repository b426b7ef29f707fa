"""Permissions to change models: of the installation or of a workspace.

Owners can change those of their workspace, superusers those of the installation. Models of other
workspaces give 404.
"""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy

from playground.catalog.models import EVERYBODY, WORKSPACE, ModelSpec
from playground.teams import guards
from playground.teams.models import Workspace, is_operator
from playground.teams.roles import Permission
from playground.web import HtmxRequest

AUDIENCES = {
    WORKSPACE: gettext_lazy("Only this workspace"),
    EVERYBODY: gettext_lazy("Everyone in this installation"),
}
OF_INSTALLATION = gettext_lazy(
    "This model belongs to the installation: only a superuser can change it. An owner can copy it "
    "to the workspace and change the copy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """A person's permissions to edit models.

    audiences  workspaces or installation whose models they may edit, the default first; () for none
    """

    workspace: Workspace
    audiences: tuple[str, ...]

    def may_change(self, spec: ModelSpec) -> bool:
        return spec.audience in self.audiences

    def workspace_for(self, audience: str) -> Workspace | None:
        """Return the `ModelSpec.workspace` of an audience, the usual one for ""."""
        return self.workspace if (audience or self.audiences[0]) == WORKSPACE else None


def editor_of(request: HtmxRequest) -> Editor:
    audiences = []
    if request.membership.has_permission(Permission.EDIT_MODELS):
        audiences.append(WORKSPACE)
    if is_operator(request.user):
        audiences.append(EVERYBODY)
    return Editor(workspace=request.workspace, audiences=tuple(audiences))


def find_spec(request: HtmxRequest, slug: str) -> ModelSpec:
    """Return the newest version of the model of a URL.

    `?for=` distinguishes a workspace's model from the installation's of the same slug. Forms send
    it, so that changes for the installation's model are not saved to a copy made meanwhile.

    Raises  Http404
    """
    wanted = request.GET.get("for")
    if wanted in {WORKSPACE, EVERYBODY}:
        workspace = request.workspace if wanted == WORKSPACE else None
        found = ModelSpec.objects.of(workspace).filter(is_current=True)
    else:
        found = ModelSpec.objects.newest(request.workspace)
    return get_object_or_404(found, slug=slug)


def refuse(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """Answer 403 with the reason why the user may not change a model."""
    why = str(OF_INSTALLATION) if spec.audience == EVERYBODY else Permission.EDIT_MODELS.refusal
    return guards.refuse(request, why)
