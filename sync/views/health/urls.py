from django.urls import URLPattern, path

from sync.views.health.actions import RulePause, RuleResume, RuleRetry, RunStart
from sync.views.health.pages import HealthPage

urlpatterns: list[URLPattern] = [
    path("", HealthPage.as_view(), name="health"),
    path("rules/<int:pk>/run/", RunStart.as_view(), name="run_start"),
    path("rules/<int:pk>/pause/", RulePause.as_view(), name="rule_pause"),
    path("rules/<int:pk>/resume/", RuleResume.as_view(), name="rule_resume"),
    path("rules/<int:pk>/retry/", RuleRetry.as_view(), name="rule_retry"),
]
