from django.urls import URLPattern, path

from sync.views.dashboard.pages import DashboardPage

urlpatterns: list[URLPattern] = [
    path("dashboard/", DashboardPage.as_view(), name="dashboard"),
]
