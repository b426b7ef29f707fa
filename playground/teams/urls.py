from django.urls import path

from playground.teams import (
    general_views,
    key_views,
    language_views,
    login_views,
    session_views,
    theme_views,
    views,
)

urlpatterns = [
    path("team/", views.show_team, name="team"),
    path("team/switch/", views.switch_workspace, name="switch_workspace"),
    path("team/general/", general_views.edit_workspace, name="general"),
    path("team/new/", general_views.found_workspace, name="found_workspace"),
    path("team/leave/", views.leave, name="leave"),
    path("team/people/<uuid:public_id>/role/", views.change_role, name="change_role"),
    path("team/people/<uuid:public_id>/remove/", views.remove, name="remove_person"),
    path("team/invitations/", views.invite, name="invite"),
    path("team/invitations/<uuid:pk>/revoke/", views.revoke, name="revoke"),
    path("account/sessions/", session_views.show_sessions, name="sessions"),
    path("theme/", theme_views.choose_theme, name="choose_theme"),
    path("language/", language_views.choose_language, name="choose_language"),
    path("setup/", login_views.set_up, name="setup"),
    path("join/<str:token>/", login_views.join, name="join"),
    path("team/keys/", key_views.show_keys, name="keys"),
    path("team/keys/<uuid:pk>/delete/", key_views.delete_key, name="delete_key"),
    path("team/keys/<uuid:pk>/<slug:action>/", key_views.change_key, name="change_key"),
]
