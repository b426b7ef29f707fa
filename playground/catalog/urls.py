from django.urls import path

from playground.catalog import ownership_views, views

urlpatterns = [
    path("models/", views.choose_model, name="models"),
    path("models/new/", views.find_model, name="find_model"),
    path("models/new/edit/", views.edit_model, name="new_model"),
    path("models/<slug:slug>/import/", views.find_model, name="import_model"),
    path("models/<slug:slug>/edit/", views.edit_model, name="edit_model"),
    path("models/<slug:slug>/retire/", ownership_views.retire_model, name="retire_model"),
    path("models/<slug:slug>/copy/", ownership_views.copy_model, name="copy_model"),
    path("models/<slug:slug>/drop/", ownership_views.drop_copy, name="drop_copy"),
]
