from django.urls import URLPattern, path

from sync.views.rules.pages import RuleListPage

urlpatterns: list[URLPattern] = [
    path("rules/", RuleListPage.as_view(), name="rule_list"),
]
