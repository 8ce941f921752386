"""The peer does the work of a sync. Not installed with the rest: `uv run --group peer pytest tests/benchmarks`."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.hubspot.fields import SANSAN_PROPERTIES
from connectors.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
CARDS = 300

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("dlt") is None, reason="dlt is not installed; `uv run --group peer pytest` has it"
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cards=CARDS) as sandbox:
        tags = [{"label": tag.name, "value": tag.id} for tag in sandbox.sansan.store.tags.values()]
        for one in SANSAN_PROPERTIES.values():
            sandbox.hubspot.add_property(
                name=one.name,
                type=one.type,
                fieldType=one.field_type,
                hasUniqueValue=one.has_unique_value,
                options=tags if one.name == "sansan_tags" else [],
            )
        yield sandbox


def run_peer(sandbox: Sandbox, *options: str) -> dict[str, Any]:
    access = {
        "SANSAN_BASE_URL": sandbox.sansan.url,
        "SANSAN_API_KEY": sandbox.sansan.api_key,
        "HUBSPOT_BASE_URL": sandbox.hubspot.url,
        "HUBSPOT_TOKEN": sandbox.hubspot.token,
    }
    ended = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.peer_dlt", "--audit", "none", "--json", *options],
        cwd=ROOT,
        env={**os.environ, **access},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


@pytest.mark.parametrize("options", [[], ["--tuned"]], ids=["default", "tuned"])
def test_every_card_is_accounted_for(sandbox: Sandbox, options: list[str]) -> None:
    result = run_peer(sandbox, *options)

    contacts = sandbox.hubspot.contacts()
    assert result["seen"] == CARDS == result["created"] + result["skipped"] + result["failed"]
    assert result["created"] == len(contacts) > CARDS * 0.8
    assert len({contact["sansan_card_id"] for contact in contacts}) == len(contacts)
    assert result["requests"] == {"sansan": len(sandbox.sansan.requests), "hubspot": len(sandbox.hubspot.requests)}
    assert result["answers_429"] == 0
    assert result["stages"].keys() == {"extract", "normalize", "load"}


def test_a_rate_limit_is_waited_out(sandbox: Sandbox) -> None:
    sandbox.hubspot.add_fault("status_429", times=1)

    result = run_peer(sandbox)

    assert result["answers_429"] == 1
    assert result["created"] == len(sandbox.hubspot.contacts()) > CARDS * 0.8
