"""The database itself refuses what must never be stored, and stores credentials unreadably."""

import json

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.db import IntegrityError, connection, transaction

from sync.models import ConnectedAccount, RecordLink, RunKind, SyncRule, SyncRun, TagSelection
from sync.models.encrypted import CredentialsUnreadableError

pytestmark = pytest.mark.django_db
SECRET = "canary-secret-value"


@pytest.fixture
def rule() -> SyncRule:
    return SyncRule.objects.create(
        name="cards",
        sansan_account=ConnectedAccount.objects.create(name="S", provider="sansan", credentials={"api_key": SECRET}),
        hubspot_account=ConnectedAccount.objects.create(name="H", provider="hubspot"),
    )


def refuse(create) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        create()


def test_300_tags_fit_and_a_301st_does_not(rule: SyncRule) -> None:
    TagSelection.objects.bulk_create(
        TagSelection(rule=rule, position=position, tag_id=str(position), name=str(position), type="public")
        for position in range(1, 301)
    )
    for position in (0, 1, 301):
        refuse(lambda position=position: rule.tags.create(position=position, tag_id="x", name="x", type="shared"))


def test_a_private_tag_cannot_be_stored(rule: SyncRule) -> None:
    refuse(lambda: rule.tags.create(position=1, tag_id="x", name="x", type="private"))


def test_links_are_unique_both_ways(rule: SyncRule) -> None:
    RecordLink.objects.create(rule=rule, sansan_id="a", hubspot_id="1", state="in_sync")
    RecordLink.objects.create(rule=rule, sansan_id="b", hubspot_id="", state="excluded")
    RecordLink.objects.create(rule=rule, sansan_id="c", hubspot_id="", state="excluded")
    refuse(lambda: RecordLink.objects.create(rule=rule, sansan_id="a", hubspot_id="2", state="in_sync"))
    refuse(lambda: RecordLink.objects.create(rule=rule, sansan_id="d", hubspot_id="1", state="in_sync"))


def test_counts_that_do_not_add_up_are_refused(rule: SyncRule) -> None:
    SyncRun.objects.create(rule=rule, rule_name="cards", kind=RunKind.FULL, seen=3, created=1, failed=2)
    refuse(lambda: SyncRun.objects.filter(rule=rule).update(seen=4))


def test_credentials_are_encrypted_at_rest_and_in_dumps(rule: SyncRule) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM sync_connectedaccount WHERE name = 'S'")
        [stored] = cursor.fetchone()
    assert SECRET not in stored
    assert SECRET not in serializers.serialize("json", ConnectedAccount.objects.all())
    account = ConnectedAccount.objects.get(name="S")
    assert account.credentials == {"api_key": SECRET}
    assert SECRET not in f"{account!r} {account}"


def test_keys_rotate(rule: SyncRule, settings) -> None:
    old, new = settings.CREDENTIALS_KEYS[0], Fernet.generate_key().decode()
    settings.CREDENTIALS_KEYS = [new, old]
    account = ConnectedAccount.objects.get(name="S")
    account.save()
    settings.CREDENTIALS_KEYS = [new]
    assert ConnectedAccount.objects.get(name="S").credentials == {"api_key": SECRET}
    settings.CREDENTIALS_KEYS = [old]
    with pytest.raises(CredentialsUnreadableError, match="CREDENTIALS_KEYS"):
        ConnectedAccount.objects.get(name="S")


def test_a_dump_is_restored(rule: SyncRule) -> None:
    dump = serializers.serialize("json", ConnectedAccount.objects.filter(name="S"))
    assert json.loads(dump)[0]["fields"]["credentials"]
    ConnectedAccount.objects.filter(name="S").update(credentials={"api_key": "other"})
    for restored in serializers.deserialize("json", dump):
        restored.save()
    assert ConnectedAccount.objects.get(name="S").credentials == {"api_key": SECRET}
