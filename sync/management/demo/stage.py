"""What the demo is played on: a scratch database, the stand-ins, a configuration file as anybody would write it."""

import os
import re
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

RULE = "cards-to-contacts"
HOST = "127.0.0.1"
CONFIGURATION = f"""\
accounts:
  - name: Sansan
    provider: sansan
    credentials: {{api_key: {{env: SANSAN_API_KEY}}}}
  - name: HubSpot
    provider: hubspot
    credentials: {{access_token: {{env: HUBSPOT_TOKEN}}}}
sync_rules:
  - name: {RULE}
    sansan: Sansan
    hubspot: HubSpot
    direction: sansan_to_hubspot
    enabled: true
    interval_minutes: 1
    tags: {{sync: [展示会2026春, VIP, 既存顧客, 要フォロー], only_with_these: false}}
    only_with_email: true
    mappings: default
"""


@dataclass(frozen=True, slots=True)
class StandIns:
    """Where the local Sansan and HubSpot answer, and the keys they take."""

    sansan_url: str
    sansan_key: str
    hubspot_url: str
    hubspot_token: str

    def list_variables(self) -> dict[str, str]:
        return {
            "SANSAN_BASE_URL": self.sansan_url,
            "SANSAN_API_KEY": self.sansan_key,
            "HUBSPOT_BASE_URL": self.hubspot_url,
            "HUBSPOT_TOKEN": self.hubspot_token,
        }


def read_stand_ins(printed: str) -> StandIns | None:
    """What the command `sandbox` prints when it answers; None as long as it has not."""
    labels = ("Sansan", "Sansan key", "HubSpot", "HubSpot token")
    found = [re.search(rf"^{label}: (\S+)\n", printed, flags=re.MULTILINE) for label in labels]
    values = [match[1] for match in found if match]
    return StandIns(*values) if len(values) == len(labels) else None


def build_environment(folder: Path) -> dict[str, str]:
    """This process's environment, with every setting of the product as the demo needs it."""
    settled = {
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "REDIS_URL": "",
        "DEBUG": "true",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "CREDENTIALS_KEYS": "",
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "CSRF_TRUSTED_ORIGINS": "",
        "HUBSPOT_API_VERSION": "2026-09",
        "HUBSPOT_REQUESTS_PER_10_SECONDS": "190",
        "SANSAN_REQUESTS_PER_SECOND": "10",
        "SANSAN_REQUESTS_PER_MINUTE": "300",
        # A proxy could not reach this machine's stand-ins.
        "NO_PROXY": HOST,
        "no_proxy": HOST,
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    without = {"DJANGO_SETTINGS_MODULE", *(f"{name}_FILE" for name in settled)}
    return {name: value for name, value in os.environ.items() if name not in without} | settled


class SansanEditor:
    """Plays the people who edit cards in Sansan, through the stand-in's own controls."""

    def __init__(self, sansan_url: str) -> None:
        self._address = urljoin(sansan_url, "/_sandbox/call")
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        body = {"method": method, "args": args, "kwargs": kwargs}
        answer = self._session.post(self._address, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()["result"]

    def read_tag_names(self) -> dict[str, str]:
        """Names of the tags by their ids."""
        return {tag["id"]: tag["name"] for tag in self.call("tags")}


def answers_at(address: str) -> bool:
    """Whether a web page is served there."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(address, timeout=5).ok
        except requests.ConnectionError:
            return False


def choose_port(wanted: int) -> int | None:
    """The wanted port, or with 0 a free one; None when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return None
        port: int = probe.getsockname()[1]
        return port
