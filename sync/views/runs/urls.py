from django.urls import URLPattern, path

from sync.views.runs.pages import RunListPage

urlpatterns: list[URLPattern] = [
    path("runs/", RunListPage.as_view(), name="run_list"),
]
