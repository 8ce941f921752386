"""The administration site: its sections, in the order in which people look for things."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import SimpleAdminConfig
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The sections of our own things, and the models in each; what is named in none follows as Django has it.
SECTIONS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Connections and rules"), ("ConnectedAccount", "SyncRule", "RuleSetup", "SettingChange")),
    (_("What runs did"), ("SyncRun", "RecordLink", "RecordLog", "PreviewLink")),
)
OWN_APP = "sync"


class AdministrationSite(AdminSite):
    site_header = site_title = "Tsunagi"
    index_title = _("Administration")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        listed = super().get_app_list(request, app_label)
        own = [section for app in listed if app["app_label"] == OWN_APP for section in divide(app)]
        return [*own, *(app for app in listed if app["app_label"] != OWN_APP)]


def divide(app: dict[str, Any]) -> list[dict[str, Any]]:
    """An app's sections, without those that the person may see nothing of."""
    models = {model["object_name"]: model for model in app["models"]}
    sections = [
        {**app, "name": label, "models": [models[name] for name in names if name in models]}
        for label, names in SECTIONS
    ]
    named = {name for _label, names in SECTIONS for name in names}
    rest = {**app, "models": [model for name, model in models.items() if name not in named]}
    return [section for section in (*sections, rest) if section["models"]]


class AdministrationConfig(SimpleAdminConfig):
    default_site = "config.administration.AdministrationSite"
