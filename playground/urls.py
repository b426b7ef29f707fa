from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from playground.teams.middleware import no_workspace

urlpatterns = [
    path("login/", LoginView.as_view(template_name="login.html"), name="login"),
    path("logout/", no_workspace(LogoutView.as_view()), name="logout"),
    path("", include("playground.teams.urls")),
    path("", include("playground.catalog.urls")),
    path("", include("playground.runs.urls")),
]
