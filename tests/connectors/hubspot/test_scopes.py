"""Finding out what a token may do without changing anything."""

import orjson
import pytest
import responses

from connectors.errors import CredentialsError
from connectors.hubspot.scopes import REQUIRED_SCOPES, probe_scopes
from tests.connectors.hubspot.conftest import CONTACTS, PROPERTIES, URL


def declare(service: responses.RequestsMock, **statuses: int) -> None:
    """The five probes in their order, granted unless a status is given."""
    denied = {"category": "MISSING_SCOPES", "message": "no"}
    service.get(CONTACTS, status=statuses.get("read", 200), json={"results": []})
    service.post(f"{CONTACTS}/batch/create", status=statuses.get("write", 400), json=denied)
    service.get(PROPERTIES, status=statuses.get("schema_read", 200), json={"results": []})
    service.post(PROPERTIES, status=statuses.get("schema_write", 400), json=denied)
    service.get(f"{URL}/crm/owners/2026-09", status=statuses.get("owners", 200), json={"results": []})


def test_all_granted(client, service):
    declare(service)

    report = probe_scopes(client)

    assert report.granted == REQUIRED_SCOPES
    assert report.missing == ()


@pytest.mark.parametrize(
    ("probe", "scope"),
    [
        ("read", "crm.objects.contacts.read"),
        ("write", "crm.objects.contacts.write"),
        ("schema_read", "crm.schemas.contacts.read"),
        ("schema_write", "crm.schemas.contacts.write"),
        ("owners", "crm.objects.owners.read"),
    ],
)
def test_one_missing(client, service, probe, scope):
    declare(service, **{probe: 403})

    report = probe_scopes(client)

    assert report.missing == (scope,)
    assert set(report.granted) == set(REQUIRED_SCOPES) - {scope}


def test_what_it_writes_is_empty(client, service):
    declare(service)

    probe_scopes(client)

    written = [orjson.loads(call.request.body) for call in service.calls if call.request.method == "POST"]
    assert written == [{"inputs": []}, {}]


def test_a_bad_token_is_not_a_missing_scope(client, service):
    service.get(CONTACTS, status=401, json={})

    with pytest.raises(CredentialsError):
        probe_scopes(client)
