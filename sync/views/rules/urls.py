from django.urls import URLPattern, path

from sync.views.rules.filters import RuleFiltersPage
from sync.views.rules.mapping import RuleMappingPage
from sync.views.rules.pages import RuleDetailPage, RuleListPage
from sync.views.rules.settings import RuleSettingsPage
from sync.views.rules.tags import RuleTagsPage

urlpatterns: list[URLPattern] = [
    path("rules/", RuleListPage.as_view(), name="rule_list"),
    path("rules/<int:pk>/", RuleDetailPage.as_view(), name="rule_detail"),
    path("rules/<int:pk>/mapping/", RuleMappingPage.as_view(), name="rule_mapping"),
    path("rules/<int:pk>/filters/", RuleFiltersPage.as_view(), name="rule_filters"),
    path("rules/<int:pk>/tags/", RuleTagsPage.as_view(), name="rule_tags"),
    path("rules/<int:pk>/settings/", RuleSettingsPage.as_view(), name="rule_settings"),
]
