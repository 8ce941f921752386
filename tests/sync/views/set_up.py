"""A set-up as a person walks through it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from connectors.sandbox import Sandbox
from sync.models import RuleSetup, SyncRun
from sync.services.execution import execute_run
from tests.people import Rank, make_user
from tests.sync.views.rule_forms import Editor


class Walk:
    def __init__(self, sandbox: Sandbox, rank: Rank = Rank.ADMINISTRATOR) -> None:
        self.sandbox = sandbox
        self.client = Client()
        self.client.force_login(make_user(rank))
        self.client.post(reverse("setup_start"))
        self.setup = RuleSetup.objects.get()

    def locate(self, step: str) -> str:
        return reverse("setup_step", args=(self.setup.pk, step))

    def open(self, step: str) -> Editor:
        return Editor(self.client, self.locate(step))

    def send(self, step: str, action: str, **values: Any) -> Editor:
        """Opens a step and presses a button of it; the page in hand then is where that led."""
        editor = self.open(step)
        editor.send(action, **values)
        return editor

    def enter_keys(self, *, sansan: str = "", hubspot: str = "") -> None:
        """The steps up to the direction."""
        key, token = sansan or self.sandbox.sansan.api_key, hubspot or self.sandbox.hubspot.token
        self.send("sansan", "enter", name="Sansan 本社", sansan_api_key=key)
        self.send("sansan", "save")
        self.send("tags", "save")
        self.send("hubspot", "enter", name="HubSpot 本番", hubspot_access_token=token)
        self.send("hubspot", "save")

    def reach_review(self) -> None:
        self.enter_keys()
        for step in ("direction", "mapping", "limits", "preview"):
            self.send(step, "save")

    def reload(self) -> RuleSetup:
        self.setup = RuleSetup.objects.get(pk=self.setup.pk)
        return self.setup


def work_off() -> list[SyncRun]:
    """Executes what was asked for, as a worker would."""
    return [execute_run(run.pk) for run in SyncRun.objects.filter(status="queued").order_by("pk")]
