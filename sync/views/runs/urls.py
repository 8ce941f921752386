from django.urls import URLPattern, path

from sync.views.runs.actions import CancelRun, StartPreview
from sync.views.runs.detail import RunDetailPage, RunProgressPart
from sync.views.runs.downloads import DownloadRecords, DownloadRun
from sync.views.runs.pages import RunListPage
from sync.views.runs.undo import UndoRun

urlpatterns: list[URLPattern] = [
    path("runs/", RunListPage.as_view(), name="run_list"),
    path("runs/<int:pk>/", RunDetailPage.as_view(), name="run_detail"),
    path("runs/<int:pk>/progress/", RunProgressPart.as_view(), name="run_progress"),
    path("runs/<int:pk>/cancel/", CancelRun.as_view(), name="run_cancel"),
    path("runs/<int:pk>/undo/", UndoRun.as_view(), name="run_undo"),
    path("runs/<int:pk>/records.csv", DownloadRun.as_view(), name="run_csv"),
    path("records.csv", DownloadRecords.as_view(), name="record_csv"),
    path("rules/<int:pk>/preview/", StartPreview.as_view(), name="preview_start"),
]
