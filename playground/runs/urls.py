from django.urls import path

from playground.runs.costs import budget_views
from playground.runs.costs import views as costs
from playground.runs.files import views as files
from playground.runs.pages import actions, code_views, views

urlpatterns = [
    path("runs/live/", views.show_changes, name="live"),
    path("runs/running/", views.show_running, name="running"),
    path("runs/<uuid:pk>/", views.show_run, name="run"),
    path("runs/<uuid:pk>/request.json", code_views.download_request, name="run_request"),
    path("runs/<uuid:pk>/answers.json", code_views.download_answers, name="run_answers"),
    path("runs/<uuid:pk>/<slug:action>/", actions.act_on_run, name="act_on_run"),
    path("uploads/<uuid:pk>/thumbnail/", files.show_upload_thumbnail, name="upload_thumbnail"),
    path("uploads/", files.save_upload, name="uploads"),
    path("hosted/<str:token>/", files.show_hosted_upload, name="hosted_upload"),
    path("outputs/", files.choose_picture, name="pictures"),
    path("outputs/seen/", views.note_seen, name="note_seen"),
    path("outputs/<uuid:pk>/", files.show_original, name="output_original"),
    path("outputs/<uuid:pk>/thumbnail/", files.show_thumbnail, name="output_thumbnail"),
    path("outputs/<uuid:pk>/sizes/<slug:size>/", files.show_middle_size, name="output_size"),
    path("team/budget/", budget_views.set_budget, name="budget"),
    path("team/budget/<uuid:public_id>/", budget_views.set_person_budget, name="person_budget"),
    path("team/usage/", costs.show_usage, name="usage"),
    path("team/usage.csv", costs.download_usage, name="usage_csv"),
]
