from django.urls import path

from playground.runs import acts, again_views, code_views, health, run_views, views
from playground.runs.costs import views as costs
from playground.runs.files import views as media
from playground.runs.presets import views as presets

urlpatterns = [
    path("", views.go_home, name="home"),
    path("models/<slug:slug>/", views.playground, name="playground"),
    path("models/<slug:slug>/form/", views.redraw_form, name="form"),
    path("models/<slug:slug>/restore/", again_views.restore, name="restore"),
    path("models/<slug:slug>/anew/", presets.start_anew, name="start_anew"),
    path("models/<slug:slug>/presets/", presets.keep_presets, name="presets"),
    path("models/<slug:slug>/prompts/", presets.show_prompts, name="prompts"),
    path("presets/<uuid:pk>/", presets.change_preset, name="change_preset"),
    path("runs/live/", run_views.show_changes, name="live"),
    path("runs/<uuid:pk>/", run_views.show_run, name="run"),
    path("runs/<uuid:pk>/request.json", code_views.download_request, name="run_request"),
    path("runs/<uuid:pk>/answers.json", code_views.download_answers, name="run_answers"),
    path("runs/<uuid:pk>/models/", again_views.show_other_models, name="other_models"),
    path("runs/<uuid:pk>/<slug:act>/", acts.act_on_run, name="act_on_run"),
    path("uploads/", media.keep_upload, name="uploads"),
    path("uploads/<uuid:pk>/thumbnail/", media.show_upload_thumbnail, name="upload_thumbnail"),
    path("hosted/<str:token>/", media.show_hosted_upload, name="hosted_upload"),
    path("outputs/", media.choose_picture, name="pictures"),
    path("outputs/<uuid:pk>/", media.show_original, name="output_original"),
    path("outputs/<uuid:pk>/thumbnail/", media.show_thumbnail, name="output_thumbnail"),
    path("outputs/<uuid:pk>/reference/", again_views.use_as_reference, name="reference"),
    path("team/usage/", costs.show_usage, name="usage"),
    path("team/usage.csv", costs.download_usage, name="usage_csv"),
    path("healthz", health.is_alive, name="healthz"),
    path("readyz", health.is_ready, name="readyz"),
]
