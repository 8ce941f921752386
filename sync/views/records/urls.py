from django.urls import URLPattern, path

from sync.views.records.actions import ListRetry, RecordActions
from sync.views.records.pages import RecordDetailPage, RecordListPage

urlpatterns: list[URLPattern] = [
    path("records/", RecordListPage.as_view(), name="record_list"),
    path("records/actions/", RecordActions.as_view(), name="record_actions"),
    path("rules/<int:pk>/records/retry/", ListRetry.as_view(), name="record_retry"),
    path("records/<int:pk>/", RecordDetailPage.as_view(), name="record_detail"),
]
