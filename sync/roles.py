"""Who may do what: three roles, kept as Django's groups, so that users get them in the administration."""

from typing import Any

from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VIEWER = "Viewer"
OPERATOR = "Operator"
ADMINISTRATOR = "Integration administrator"

# What a group is called on pages; its name in the database stays the same in all languages.
ROLE_LABELS: dict[str, str | Promise] = {
    VIEWER: _("Viewer"),
    OPERATOR: _("Operator"),
    ADMINISTRATOR: _("Integration administrator"),
}

SEE = (
    "view_connectedaccount",
    "view_syncrule",
    "view_tagselection",
    "view_fieldmapping",
    "view_recordfilter",
    "view_syncrun",
    "view_recordlink",
    "view_previewlink",
    "view_recordlog",
    "view_settingchange",
    "view_rulesetup",
)
OPERATE = (
    "run_syncrule",
    "change_syncrule",
    *(
        f"{verb}_{part}"
        for part in ("tagselection", "fieldmapping", "recordfilter")
        for verb in ("add", "change", "delete")
    ),
)
ADMINISTER = (
    *(f"{verb}_connectedaccount" for verb in ("add", "change", "delete")),
    "add_syncrule",
    "delete_syncrule",
    *(f"{verb}_rulesetup" for verb in ("add", "change", "delete")),
)
ROLES: dict[str, tuple[str, ...]] = {
    VIEWER: SEE,
    OPERATOR: (*SEE, *OPERATE),
    ADMINISTRATOR: (*SEE, *OPERATE, *ADMINISTER),
}


def make_roles(apps: Any = global_apps) -> None:
    """Makes the groups, and gives them what they lack; what people added to them stays.

    `apps` are those of a migration: permissions are made behind all migrations, so they are made here beforehand.
    """
    config = apps.get_app_config("sync")
    # A migration's stand-in for the app has none, which would be taken for an app without models.
    config.models_module = getattr(config, "models_module", None) or True
    create_permissions(config, apps=apps, verbosity=0)
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in ROLES.items():
        group, _made = group_model.objects.get_or_create(name=name)
        group.permissions.add(*permission_model.objects.filter(content_type__app_label="sync", codename__in=codenames))
