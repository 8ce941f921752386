"""What is only read: runs, records and the audit are written by runs, by nobody else."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from sync.admin.links import NOTHING
from sync.reasons import describe

SHOWN_OF_ID = 8


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nobody adds, changes or deletes; not even a superuser."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def shorten_id(card_id: str) -> str:
    """Enough of a card's id to tell it from its neighbours; the whole of it appears under the pointer."""
    if len(card_id) <= SHOWN_OF_ID:
        return card_id
    return format_html('<span title="{}">{}…</span>', card_id, card_id[:SHOWN_OF_ID])


def explain_reason(code: str, detail: dict[str, Any]) -> str:
    """A reason code in words, with what to do about it."""
    if not code:
        return NOTHING
    reason = describe(code, detail)
    lines = [text for text in (reason.message, reason.fix) if text]
    return format_html(
        "<strong>{}</strong> ({}){}", reason.title, code, format_html_join("", "<br>{}", ((x,) for x in lines))
    )


def name_reason(code: str, detail: dict[str, Any]) -> str:
    return describe(code, detail).title if code else NOTHING
