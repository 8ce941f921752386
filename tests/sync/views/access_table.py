"""Who may open what, and who may send a form there: every address of the project, by name.

Where one name stands for several pages, what tells them apart follows it: `setup_step#tags`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sync.models import SetupStep
from tests.people import Rank

ANYBODY_SIGNED_IN = Rank.STRANGER
VIEWER, OPERATOR, ADMINISTRATOR, NOBODY = Rank.VIEWER, Rank.OPERATOR, Rank.ADMINISTRATOR, Rank.NOBODY


@dataclass(frozen=True)
class Rights:
    """The lowest rank that may read and that may send; `of` is the kind of thing whose key the address takes.

    What is not a whole page (a file, a part of a page) is neither looked at in a browser nor photographed.
    """

    read: Rank = NOBODY
    send: Rank = NOBODY
    of: str = ""
    also: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    is_page: bool = True


# The way in and out, for everybody.
DOORS = {"login", "logout", "set_language", "admin:login", "admin:logout"}

PORTAL = {
    "password_change": Rights(ANYBODY_SIGNED_IN, ANYBODY_SIGNED_IN),
    "health": Rights(VIEWER),
    "run_start": Rights(send=OPERATOR, of="rule"),
    "rule_pause": Rights(send=OPERATOR, of="rule"),
    "rule_resume": Rights(send=OPERATOR, of="rule"),
    "rule_retry": Rights(OPERATOR, OPERATOR, of="rule"),
    "record_list": Rights(VIEWER),
    "record_actions": Rights(send=OPERATOR, sent={"action": "dismiss"}),
    "record_retry": Rights(OPERATOR, OPERATOR, of="rule"),
    "record_detail": Rights(VIEWER, of="record"),
    "record_csv": Rights(VIEWER, is_page=False),
    "run_list": Rights(VIEWER),
    "run_detail": Rights(VIEWER, of="run"),
    "run_progress": Rights(VIEWER, of="run", is_page=False),
    "run_cancel": Rights(send=OPERATOR, of="run"),
    "run_undo": Rights(OPERATOR, OPERATOR, of="run"),
    "run_csv": Rights(VIEWER, of="run", is_page=False),
    "preview_start": Rights(OPERATOR, OPERATOR, of="rule"),
    "dashboard": Rights(VIEWER),
    "rule_list": Rights(VIEWER),
    "rule_detail": Rights(VIEWER, of="rule"),
    "rule_mapping": Rights(VIEWER, OPERATOR, of="rule"),
    "rule_filters": Rights(VIEWER, OPERATOR, of="rule"),
    "rule_tags": Rights(VIEWER, OPERATOR, of="rule"),
    "rule_settings": Rights(VIEWER, OPERATOR, of="rule"),
    "account_list": Rights(VIEWER),
    "account_detail": Rights(VIEWER, of="account"),
    "account_add": Rights(ADMINISTRATOR, ADMINISTRATOR, also={"provider": "sansan"}),
    "account_key": Rights(ADMINISTRATOR, ADMINISTRATOR, of="account"),
    "account_check": Rights(send=ADMINISTRATOR, of="account"),
    "account_disconnect": Rights(ADMINISTRATOR, ADMINISTRATOR, of="account"),
    "change_list": Rights(VIEWER),
    "setup_start": Rights(ADMINISTRATOR, ADMINISTRATOR),
    "setup_discard": Rights(send=ADMINISTRATOR, of="setup"),
} | {f"setup_step#{step}": Rights(ADMINISTRATOR, ADMINISTRATOR, of="setup", also={"step": step}) for step in SetupStep}

# The administration: its own pages take staff, those of a model what the role may do with such things.
ADMIN = {
    "admin:index": Rights(ANYBODY_SIGNED_IN),
    "admin:app_list": Rights(VIEWER, also={"app_label": "sync"}),
    "admin:jsi18n": Rights(ANYBODY_SIGNED_IN, is_page=False),
    "admin:password_change": Rights(ANYBODY_SIGNED_IN, ANYBODY_SIGNED_IN),
    "admin:password_change_done": Rights(ANYBODY_SIGNED_IN),
    # Answers for fields that no form here has.
    "admin:autocomplete": Rights(),
    "admin:view_on_site": Rights(also={"content_type_id": "0", "object_id": "0"}),
}


@dataclass(frozen=True)
class ModelRights:
    view: Rank = NOBODY
    add: Rank = NOBODY
    change: Rank = NOBODY
    delete: Rank = NOBODY
    actions: dict[str, Rank] = field(default_factory=dict)


ONLY_READ = ModelRights(VIEWER, actions={"delete_selected": NOBODY})
MODELS = {
    "sync_connectedaccount": ModelRights(
        VIEWER,
        ADMINISTRATOR,
        ADMINISTRATOR,
        ADMINISTRATOR,
        {"check_connection": ADMINISTRATOR, "delete_selected": ADMINISTRATOR},
    ),
    "sync_syncrule": ModelRights(
        VIEWER,
        ADMINISTRATOR,
        OPERATOR,
        ADMINISTRATOR,
        {
            "run_now": OPERATOR,
            "run_in_full": OPERATOR,
            "preview": OPERATOR,
            "rerun_failed": OPERATOR,
            "pause": OPERATOR,
            "resume": OPERATOR,
            "delete_selected": ADMINISTRATOR,
        },
    ),
    "sync_syncrun": ONLY_READ,
    "sync_recordlink": ModelRights(VIEWER, actions={"rerun_records": OPERATOR, "delete_selected": NOBODY}),
    "sync_previewlink": ONLY_READ,
    "sync_recordlog": ONLY_READ,
    "sync_settingchange": ONLY_READ,
    "sync_rulesetup": ONLY_READ,
    "auth_user": ModelRights(actions={"delete_selected": NOBODY}),
    "auth_group": ModelRights(actions={"delete_selected": NOBODY}),
}


def list_model_rights(name: str, rights: ModelRights) -> dict[str, Rights]:
    """The addresses that Django's administration has for a model."""
    return {
        f"admin:{name}_changelist": Rights(rights.view),
        f"admin:{name}_add": Rights(rights.add, rights.add),
        f"admin:{name}_change": Rights(rights.view, rights.change, of=name),
        f"admin:{name}_history": Rights(rights.view, of=name),
        f"admin:{name}_delete": Rights(rights.delete, rights.delete, of=name),
    }


TABLE = PORTAL | ADMIN
for _name, _rights in MODELS.items():
    TABLE |= list_model_rights(_name, _rights)
TABLE["admin:auth_user_password_change"] = Rights(of="auth_user", also={"id": ""})

# Addresses without a name lead on to others.
UNNAMED = {"admin/login/", "admin/<path:object_id>/", "admin/(?P<url>.*)$"}


def locate(name: str, rights: Rights, things: dict[str, Model]) -> str:
    """The address of that name, for the thing that it is about."""
    if name == "admin:auth_user_password_change":
        return reverse(name, args=[things["auth_user"].pk])
    name = name.partition("#")[0]
    named = dict(rights.also)
    if rights.of:
        named["object_id" if name.startswith("admin:") else "pk"] = str(things[rights.of].pk)
    return reverse(name, kwargs=named)


def list_pages(things: dict[str, Model], rank: Rank) -> dict[str, str]:
    """The addresses of all pages that such a person may read, by name."""
    pages = {name: rights for name, rights in TABLE.items() if rights.is_page and rights.read <= rank}
    return {name: locate(name, rights, things) for name, rights in pages.items()}


def list_names() -> set[str]:
    """The names of all addresses that the table speaks of."""
    return {name.partition("#")[0] for name in TABLE} | DOORS | UNNAMED


def list_addresses() -> set[str]:
    """The name of every address that the project answers at; of those without a name, the pattern."""
    return set(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, namespace: str, route: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner, path)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else _shorten(path)


def _shorten(path: str) -> str:
    """Django gives each model the same nameless address."""
    return "admin/<path:object_id>/" if path.endswith("/<path:object_id>/") else path


def list_actions() -> dict[str, set[str]]:
    """The names of the actions that the administration has, by model."""
    found = {}
    for model, model_admin in admin.site._registry.items():
        own = {name for _function, name, _text in model_admin._get_base_actions()}
        found[f"{model._meta.app_label}_{model._meta.model_name}"] = own
    return found
