"""The accounts that a configuration file names or refers to, held against those that exist."""

from dataclasses import dataclass, field
from pathlib import Path as FilePath

from django.utils.translation import gettext as _

from connectors.registry import PROVIDERS
from sync.models import ConnectedAccount
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.accounts import AccountError, AccountReport, check_account
from sync.services.configuration.credentials import read_credentials
from sync.services.configuration.differences import SECRET, Difference
from sync.services.configuration.faults import FaultList, Path, hint
from sync.services.configuration.schema import AccountEntry


@dataclass(slots=True)
class AccountDraft:
    """An account as it is to be.

    `account` holds it (unsaved when new), `changes` what differs from the database, `report` what its service said if
    it had to be asked. An account that is not `usable` was reported, and what depends on it is not looked at.
    """

    account: ConnectedAccount
    path: Path
    changes: list[Difference] = field(default_factory=list)
    new_credentials: bool = False
    report: AccountReport | None = None
    usable: bool = True

    @property
    def is_new(self) -> bool:
        return self.account.pk is None


@dataclass(slots=True)
class AccountBook:
    """All accounts by name, those that only the database knows among them; `faulty` ones were reported already."""

    drafts: dict[str, AccountDraft]
    faulty: frozenset[str]

    def find(self, name: str, provider: str, path: Path, faults: FaultList) -> AccountDraft | None:
        """The account that a rule refers to; None when there is none of that provider, which is reported."""
        if name in self.faulty:
            return None
        candidates = [known for known, draft in self.drafts.items() if draft.account.provider == provider]
        draft = self.drafts.get(name)
        if draft and draft.account.provider == provider:
            return draft
        values = {"name": name, "wanted": PROVIDERS[provider].label, "hint": hint(name, candidates)}
        message = _("no account is called '%(name)s'%(hint)s")
        if draft:
            values["found"] = PROVIDERS[draft.account.provider].label
            message = _("'%(name)s' is an account of %(found)s, but one of %(wanted)s belongs here%(hint)s")
        faults.add(path, message % values)
        return None


def draft_accounts(
    entries: list[AccountEntry | None], names: list[str], folder: FilePath, faults: FaultList
) -> AccountBook:
    """Reads the accounts of a file; `names` are all that it gives, also to accounts that were too faulty to read."""
    # Credentials are read one by one below: one that can't be decrypted must not hinder its being replaced.
    saved = {account.name: account for account in ConnectedAccount.objects.defer("credentials")}
    drafts: dict[str, AccountDraft] = {}
    for index, entry in enumerate(entries):
        if entry is None:
            continue
        path: Path = ("accounts", index)
        if entry.name in drafts:
            message = _("another account of the file is called '%(name)s', too")
            faults.add((*path, "name"), message % {"name": entry.name})
            continue
        drafts[entry.name] = _draft_account(entry, path, saved.get(entry.name), folder, faults)
    faulty = frozenset(names) - drafts.keys()
    others = {name: AccountDraft(account, ("accounts",)) for name, account in saved.items() if name not in drafts}
    return AccountBook({**drafts, **others}, faulty)


def _draft_account(
    entry: AccountEntry, path: Path, saved: ConnectedAccount | None, folder: FilePath, faults: FaultList
) -> AccountDraft:
    draft = AccountDraft(saved or ConnectedAccount(name=entry.name, provider=entry.provider), path)
    credentials = read_credentials(entry, path, folder, faults)
    _check_entry(draft, entry, faults)
    limit = entry.requests_per_10_seconds
    if limit is not None and limit != draft.account.requests_per_10_seconds:
        known = draft.account.requests_per_10_seconds
        draft.changes.append(Difference("requests_per_10_seconds", str(known or ""), str(limit)))
        draft.account.requests_per_10_seconds = limit
    if credentials and credentials != _read_stored(draft):
        draft.changes.append(Difference(SECRET))
        draft.new_credentials = True
        draft.account.credentials = credentials
    draft.usable = not faults.touches(path)
    return draft


def _check_entry(draft: AccountDraft, entry: AccountEntry, faults: FaultList) -> None:
    account = draft.account
    if account.provider != entry.provider:
        message = _("'%(name)s' is already an account of %(provider)s; give this one another name")
        values = {"name": account.name, "provider": PROVIDERS[account.provider].label}
        faults.add((*draft.path, "provider"), message % values)
    if entry.requests_per_10_seconds is not None and entry.provider != "hubspot":
        faults.add((*draft.path, "requests_per_10_seconds"), _("is for HubSpot accounts only"))
    credentials = (*draft.path, "credentials")
    if draft.is_new and not entry.credentials and not faults.touches(credentials):
        faults.add(credentials, _("is missing"))


def _read_stored(draft: AccountDraft) -> dict[str, str]:
    if draft.is_new:
        return {}
    try:
        return draft.account.credentials
    except CredentialsUnreadableError:
        return {}


def check_connections(book: AccountBook, faults: FaultList) -> None:
    """Asks the services about each account that is new or has new credentials, and reports what hinders it."""
    for draft in book.drafts.values():
        if not draft.usable or not draft.new_credentials:
            continue
        try:
            draft.report = check_account(draft.account)
        except AccountError as error:
            draft.usable = False
            faults.add(draft.path, error.message, unreachable=error.unreachable)
            continue
        for fix in draft.report.fixes:
            faults.add(draft.path, fix)
        for warning in draft.report.warnings:
            faults.warn(draft.path, warning)
