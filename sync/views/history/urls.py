from django.urls import URLPattern, path

from sync.views.history.pages import ChangeListPage

urlpatterns: list[URLPattern] = [
    path("changes/", ChangeListPage.as_view(), name="change_list"),
]
