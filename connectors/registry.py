"""What each provider needs and can do; forms, masking and checks follow from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CredentialField:
    name: str
    label_en: str
    label_ja: str
    secret: bool = True
    help_en: str = ""
    help_ja: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    key: str
    label: str
    credential_fields: tuple[CredentialField, ...]
    docs_url: str
    can_read: bool
    can_create: bool
    can_update: bool


PROVIDERS: dict[str, Provider] = {
    "sansan": Provider(
        key="sansan",
        label="Sansan",
        credential_fields=(
            CredentialField(
                name="api_key",
                label_en="API key",
                label_ja="APIキー",
                help_en="Issued per user in Sansan's administrator settings; the sync sees what that user may see.",
                help_ja="Sansanの管理者設定でユーザーごとに発行します。同期の対象は、そのユーザーが閲覧できる名刺です。",
            ),
        ),
        docs_url="https://docs.ap.sansan.com/ja/api/openapi/index.html",
        can_read=True,
        can_create=True,
        can_update=False,
    ),
    "hubspot": Provider(
        key="hubspot",
        label="HubSpot",
        credential_fields=(
            CredentialField(
                name="access_token",
                label_en="Access token",
                label_ja="アクセストークン",
                help_en="A service key, or the token of a private app.",
                help_ja="サービスキー、または非公開アプリのアクセストークンです。",
            ),
        ),
        docs_url="https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide",
        can_read=True,
        can_create=True,
        can_update=True,
    ),
}
