from django.urls import path

from playground.compose import model_views, rerun_views, views
from playground.compose.presets import views as presets

urlpatterns = [
    path("", views.show_home, name="home"),
    path("models/<slug:slug>/", views.playground, name="playground"),
    path("models/<slug:slug>/form/", views.redraw_form, name="form"),
    path("models/<slug:slug>/others/", model_views.list_models, name="model_list"),
    path("models/<slug:slug>/restore/", rerun_views.restore_from_picture, name="restore"),
    path("models/<slug:slug>/start-over/", presets.reset_form, name="start_over"),
    path("models/<slug:slug>/presets/", presets.handle_presets, name="presets"),
    path("models/<slug:slug>/prompts/", presets.show_prompts, name="prompts"),
    path("presets/<uuid:pk>/", presets.change_preset, name="change_preset"),
    path("runs/<uuid:pk>/again/", rerun_views.run_again, name="run_again"),
    path("runs/<uuid:pk>/models/", rerun_views.show_other_models, name="other_models"),
    path("outputs/<uuid:pk>/reference/", rerun_views.use_as_reference, name="reference"),
]
