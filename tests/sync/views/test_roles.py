"""Every address of the project, asked and sent to as each role, as a stranger and signed out.

The addresses come from the URL resolver: one that the table of rights does not name fails the first test.
"""

from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from sync.models import SyncRule, SyncRun
from tests.people import Rank, make_user
from tests.portal import Portal
from tests.sync.views.access_table import (
    MODELS,
    NOBODY,
    TABLE,
    Rights,
    list_actions,
    list_addresses,
    list_names,
    locate,
)
from tests.sync.views.things import make_things

PEOPLE = [rank for rank in Rank if rank != NOBODY]
SENT = {"read": "get", "send": "post"}
LED_TO_LOGIN, REFUSED, SERVED = "led to the login", "refused", "served"


@pytest.fixture
def things(portal: Portal, queued: list[object]) -> Iterator[dict[str, Model]]:
    yield make_things(portal)
    translation.deactivate()  # a page leaves the thread speaking its language


def sign_in(rank: Rank, *, is_staff: bool = True) -> Client:
    client = Client()
    if rank > Rank.SIGNED_OUT:
        client.force_login(make_user(rank, is_staff=is_staff))
    return client


def classify(answer: HttpResponse) -> str:
    if answer.status_code in (301, 302) and "/login/" in answer["Location"]:
        return LED_TO_LOGIN
    return REFUSED if answer.status_code in (403, 404, 405) else SERVED


def may_be(rank: Rank, lowest: Rank, rights: Rights) -> set[str]:
    """What such a person may be told."""
    if rank >= lowest:
        return {SERVED}
    if rank == Rank.SIGNED_OUT:
        return {LED_TO_LOGIN, REFUSED} if lowest == NOBODY else {LED_TO_LOGIN}
    # Some pages of the administration take a form for a mere visit.
    return {REFUSED, SERVED} if lowest == NOBODY and rank >= rights.read else {LED_TO_LOGIN, REFUSED}


def take_stock() -> str:
    """Everything that the product keeps, as text."""
    models = [*apps.get_app_config("sync").get_models(), User]
    return "".join(str(list(model._default_manager.order_by("pk").values())) for model in models)


def try_out(ask: Callable[[], HttpResponse], *, is_allowed: bool) -> tuple[HttpResponse, bool]:
    """The answer, and whether it changed anything that it must not; which is taken back."""
    with transaction.atomic():
        before = "" if is_allowed else take_stock()
        answer = ask()
        if answer.streaming:
            list(answer.streaming_content)
        has_changed = not is_allowed and take_stock() != before
        transaction.set_rollback(True)
    return answer, has_changed


def test_the_table_names_every_address_of_the_project() -> None:
    assert list_addresses() == list_names()


def test_the_table_names_every_action_of_the_administration() -> None:
    assert list_actions() == {name: rights.actions.keys() for name, rights in MODELS.items()}


@pytest.mark.parametrize("way", SENT)
@pytest.mark.parametrize("rank", PEOPLE, ids=lambda rank: rank.name)
def test_each_address_serves_whom_it_may(things: dict[str, Model], rank: Rank, way: str) -> None:
    client = sign_in(rank)
    client.raise_request_exception = False
    astonishing = {}
    for name, rights in TABLE.items():
        lowest, address, send = getattr(rights, way), locate(name, rights, things), getattr(client, SENT[way])
        answer, has_changed = try_out(
            lambda send=send, address=address, rights=rights: send(address, rights.sent), is_allowed=rank >= lowest
        )
        found = classify(answer)
        if found not in may_be(rank, lowest, rights) or answer.status_code >= 500 or has_changed:
            astonishing[name] = (answer.status_code, found, "changed" if has_changed else "unchanged")
    assert astonishing == {}


@pytest.mark.parametrize("rank", [rank for rank in PEOPLE if rank > Rank.SIGNED_OUT], ids=lambda rank: rank.name)
def test_the_administration_is_for_staff_only(things: dict[str, Model], rank: Rank) -> None:
    client = sign_in(rank, is_staff=False)
    for name, rights in TABLE.items():
        if name.startswith("admin:") and rights.read != NOBODY:
            answer = client.get(locate(name, rights, things), follow=True)
            assert answer.status_code == 403, name


@pytest.mark.parametrize("rank", PEOPLE, ids=lambda rank: rank.name)
def test_each_action_is_offered_to_whom_it_may(things: dict[str, Model], rank: Rank) -> None:
    if rank == Rank.SIGNED_OUT:
        pytest.skip("has no page to be offered anything on")
    request = RequestFactory().get("/")
    request.user = make_user(rank)
    for model, model_admin in admin.site._registry.items():
        rights = MODELS[f"{model._meta.app_label}_{model._meta.model_name}"]
        assert model_admin.get_actions(request).keys() == {
            name for name, lowest in rights.actions.items() if rank >= lowest
        }


@pytest.mark.parametrize("rank", PEOPLE, ids=lambda rank: rank.name)
def test_each_action_obeys_whom_it_may(things: dict[str, Model], rank: Rank) -> None:
    client = sign_in(rank)
    for name, rights in MODELS.items():
        address = reverse(f"admin:{name}_changelist")
        for action, lowest in rights.actions.items():
            form = {"action": action, "_selected_action": things[name].pk, "post": "yes"}
            answer, has_changed = try_out(
                lambda address=address, form=form: client.post(address, form), is_allowed=rank >= lowest
            )
            assert answer.status_code < 500, (name, action)
            assert not has_changed, (name, action)


def test_an_operator_runs_a_rule_that_a_viewer_cannot(things: dict[str, Model]) -> None:
    form = {"action": "run_now", "_selected_action": things["rule"].pk}
    for rank, runs in ((Rank.VIEWER, 0), (Rank.OPERATOR, 1)):
        before = SyncRun.objects.count()
        sign_in(rank).post(reverse("admin:sync_syncrule_changelist"), form)
        assert SyncRun.objects.count() - before == runs
    assert SyncRule.objects.filter(runs__requested_by="operator").exists()
