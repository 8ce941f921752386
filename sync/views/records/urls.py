from django.urls import URLPattern, path

from sync.views.records.pages import RecordListPage

urlpatterns: list[URLPattern] = [
    path("records/", RecordListPage.as_view(), name="record_list"),
]
