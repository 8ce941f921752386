"""Forms for connected accounts. What is asked for follows from connectors.registry."""

from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from connectors.registry import PROVIDERS, CredentialField
from sync.models import ConnectedAccount
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.accounts import AccountError, AccountReport, check_account
from sync.services.configuration.credentials import SecretMissingError, check_secret


class CredentialInput(forms.CharField):
    """One credential. What is stored never gets into a page: the field is always empty, and empty keeps it."""

    def __init__(self, credential: CredentialField) -> None:
        self.credential = credential
        widget = forms.PasswordInput if credential.secret else forms.TextInput
        super().__init__(required=False, strip=True, widget=widget(attrs={"autocomplete": "new-password", "size": 60}))

    def clean(self, value: Any) -> str:
        entered: str = super().clean(value)
        if not entered:
            return ""
        try:
            return check_secret(entered)
        except SecretMissingError:
            text = _("This has spaces, line breaks or full-width characters, which no key has. Copy the key again.")
            raise forms.ValidationError(text) from None

    def describe(self, state: str) -> None:
        """Words the field in today's language, with what is known of the stored value."""
        is_japanese = (get_language() or "").startswith("ja")
        self.label = self.credential.label_ja if is_japanese else self.credential.label_en
        explanation = self.credential.help_ja if is_japanese else self.credential.help_en
        self.help_text = lazystr(f"{state} {explanation}".strip())


def name_credential(provider: str, credential: CredentialField) -> str:
    return f"{provider}_{credential.name}"


def list_credential_names(provider: str) -> list[str]:
    return [name_credential(provider, credential) for credential in PROVIDERS[provider].credential_fields]


def read_credentials(account: ConnectedAccount) -> dict[str, str] | None:
    """What is stored, or None when no key of CREDENTIALS_KEYS opens it."""
    try:
        return account.credentials
    except CredentialsUnreadableError:
        return None


class AccountForm(forms.ModelForm):
    class Meta:
        model = ConnectedAccount
        fields = ["name", "provider", "requests_per_10_seconds"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.report: AccountReport | None = None
        self.has_new_credentials = False
        self.stored = read_credentials(self.instance) if self.instance.pk else {}
        for provider in PROVIDERS.values():
            for credential in provider.credential_fields:
                name = name_credential(provider.key, credential)
                if self.instance.pk and provider.key != self.instance.provider:
                    self.fields.pop(name, None)
                elif isinstance(field := self.fields.get(name), CredentialInput):
                    field.describe(str(self.describe_state(credential)))

    def describe_state(self, credential: CredentialField) -> Any:
        if not self.instance.pk:
            return ""
        if self.stored is None:
            return _(
                "Stored, but no key of CREDENTIALS_KEYS opens it: put the old key back, or enter the value again."
            )
        if self.stored.get(credential.name):
            return _("Set. Leave empty to keep it.")
        return _("Not set.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.instance.provider = cleaned.get("provider") or self.instance.provider
        entered = self.list_entered(cleaned)
        for name, credential in self.list_wanted():
            if credential.name not in {**(self.stored or {}), **entered} and name not in self.errors:
                self.add_error(name, _("This is needed to connect."))
        self.has_new_credentials = bool(entered)
        if entered and not self.errors:
            self.try_out({**(self.stored or {}), **entered}, cleaned["name"])
        return cleaned

    def list_wanted(self) -> list[tuple[str, CredentialField]]:
        provider = PROVIDERS.get(self.instance.provider)
        credentials = provider.credential_fields if provider else ()
        return [(name_credential(self.instance.provider, credential), credential) for credential in credentials]

    def list_entered(self, cleaned: dict[str, Any]) -> dict[str, str]:
        return {credential.name: cleaned[name] for name, credential in self.list_wanted() if cleaned.get(name)}

    def try_out(self, credentials: dict[str, str], account_name: str) -> None:
        """Asks the provider about the new key. One that is refused is not stored, nor one that cannot be tried: it
        might belong to another portal than the one that records are linked with."""
        self.instance.name, self.instance.credentials = account_name, credentials
        self.instance.missing_scopes, self.instance.checked_at = [], None
        try:
            self.report = check_account(self.instance, for_page=True)
        except AccountError as error:
            text = _("Nothing was stored, because the key could not be tried out. %(reason)s")
            told = text % {"reason": error.message} if error.unreachable else error.message
            self.add_error(self.list_wanted()[0][0], told)


# Django collects a form's fields when the class is made, and an admin's fieldsets may name no others.
AccountForm.declared_fields.update(
    {
        name_credential(provider.key, credential): CredentialInput(credential)
        for provider in PROVIDERS.values()
        for credential in provider.credential_fields
    }
)
AccountForm.base_fields.update(AccountForm.declared_fields)


class ProviderAccountForm(AccountForm):
    """An account at a provider that is settled."""

    def __init__(self, *args: Any, provider: str, **options: Any) -> None:
        options["instance"] = options.get("instance") or ConnectedAccount(provider=provider)
        super().__init__(*args, **options)
        own = list_credential_names(provider)
        others = {name for other in PROVIDERS for name in list_credential_names(other)}
        limits = () if provider == "hubspot" else ("requests_per_10_seconds",)
        for name in ("provider", *limits, *others.difference(own)):
            self.fields.pop(name, None)
        if not self.instance.pk or not self.stored:
            for name in own:
                self.fields[name].widget.is_required = True
        self.order_fields(["name", *own, "requests_per_10_seconds"])
