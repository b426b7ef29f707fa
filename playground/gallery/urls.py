from django.urls import path

from playground.gallery import likeness_views, sorting_views, views

urlpatterns = [
    path("gallery/", views.show_gallery, name="gallery"),
    path("gallery/filters/", views.show_filters, name="gallery_filters"),
    path("gallery/likeness/", likeness_views.find_by_picture, name="likeness"),
    path("gallery/sort/", sorting_views.sort, name="sort"),
    path("gallery/<uuid:pk>/", views.show_picture, name="picture"),
]
