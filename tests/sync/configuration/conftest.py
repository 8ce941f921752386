import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from connectors.sandbox import Sandbox
from sync.models import ConnectedAccount, SyncRule

CONFIGURATION = """\
accounts:
  - name: Sansan HQ
    provider: sansan
    credentials: {api_key: {env: SANSAN_API_KEY}}
  - name: HubSpot
    provider: hubspot
    credentials: {access_token: {env: HUBSPOT_TOKEN}}
sync_rules:
  - name: cards-to-contacts
    sansan: Sansan HQ
    hubspot: HubSpot
    direction: sansan_to_hubspot
    enabled: true
    interval_minutes: 10
    tags: {sync: [展示会2026春, VIP], only_with_these: false}
    only_with_email: true
    matching: [link, email]
    conflict: sansan_wins
    filters:
      match: all
      conditions:
        - {field: companyName, operator: contains, value: 株式会社}
    hubspot_filters:
      match: all
      conditions:
        - {field: lifecyclestage, operator: equals, value: customer}
    mappings: default
"""


def edit(old: str, new: str, *more: str) -> str:
    """The configuration with texts replaced, each of which must be there."""
    text = CONFIGURATION
    for before, after in zip((old, *more[::2]), (new, *more[1::2]), strict=True):
        assert before in text
        text = text.replace(before, after)
    return text


def replace_mappings(mappings: str) -> str:
    return edit("    mappings: default\n", "    mappings:\n" + textwrap.indent(textwrap.dedent(mappings), "      "))


def find_line(text: str, part: str) -> int:
    """The number of the only line that holds `part`."""
    (number,) = (number for number, line in enumerate(text.splitlines(), start=1) if part in line)
    return number


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def changes(self) -> list[str]:
        return self.out.splitlines()


def run_command(name: str, *arguments: str) -> Outcome:
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        return Outcome(error.returncode, out.getvalue(), f"{err.getvalue()}{error}")
    return Outcome(0, out.getvalue(), err.getvalue())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=0) as running:
        yield running


@pytest.fixture
def services(db: None, settings: Settings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The stand-ins as the settings name them, and their keys in the environment."""
    settings.SANSAN_BASE_URL = sandbox.sansan.url
    settings.HUBSPOT_BASE_URL = sandbox.hubspot.url
    settings.SANSAN_REQUESTS_PER_SECOND = 0
    settings.SANSAN_REQUESTS_PER_MINUTE = 0
    settings.HUBSPOT_REQUESTS_PER_10_SECONDS = 0
    settings.CONNECTOR_OPTIONS = {"read_timeout_seconds": 5.0, "sleep": lambda _: None}
    monkeypatch.setenv("SANSAN_API_KEY", sandbox.sansan.api_key)
    monkeypatch.setenv("HUBSPOT_TOKEN", sandbox.hubspot.token)
    return sandbox


@pytest.fixture
def apply(services: Sandbox, tmp_path: Path) -> Callable[..., Outcome]:
    """Runs `apply` on a text; the file's name is always config.yaml."""

    def run(text: str = CONFIGURATION, *options: str) -> Outcome:
        file = tmp_path / "config.yaml"
        file.write_text(text, encoding="utf-8")
        outcome = run_command("apply", str(file), *options)
        return Outcome(outcome.status, outcome.out, outcome.err.replace(f"{tmp_path}/", ""))

    return run


def assert_nothing_changed(sandbox: Sandbox) -> None:
    assert not ConnectedAccount.objects.exists()
    assert not SyncRule.objects.exists()
    with pytest.raises(LookupError):
        sandbox.hubspot.property_definition("sansan_card_id")


def list_faults(outcome: Outcome) -> list[str]:
    assert outcome.status == 2
    assert outcome.out == ""
    *faults, summary = outcome.err.splitlines()
    assert summary == f"{len(faults)} fault{'s' if len(faults) > 1 else ''}. Nothing was changed."
    return faults


def get_rule(name: str = "cards-to-contacts") -> SyncRule:
    return SyncRule.objects.get(name=name)


def has_property(sandbox: Sandbox, name: str) -> bool:
    try:
        return not sandbox.hubspot.property_definition(name)["archived"]
    except LookupError:
        return False
