from django.urls import URLPattern, path

from sync.views.health.pages import HealthPage

urlpatterns: list[URLPattern] = [
    path("", HealthPage.as_view(), name="health"),
]
