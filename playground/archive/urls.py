from django.urls import path

from playground.archive import views

urlpatterns = [
    path("team/export/", views.export_workspace, name="export"),
    path("gallery/take/", views.download_pictures, name="take"),
    path("gallery/sheet.png", views.draw_sheet, {"kind": "png"}, name="sheet_png"),
    path("gallery/sheet.pdf", views.draw_sheet, {"kind": "pdf"}, name="sheet_pdf"),
]
