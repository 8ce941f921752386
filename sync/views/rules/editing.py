"""What the editors of a rule have in common: who may change it, and what happens when two people do at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.models import SettingChange, SyncRule
from sync.selectors.rule_overview import find_rules
from sync.services.setting_history import StaleRuleError
from sync.views.access import CHANGE_RULES, SEE_RULES, PortalPage

STALE_STATUS = 409
SIGNED_OUT_STATUS = 401


TABS = (
    ("rule_detail", gettext_lazy("Overview")),
    ("rule_tags", gettext_lazy("Tags")),
    ("rule_mapping", gettext_lazy("Field mapping")),
    ("rule_filters", gettext_lazy("Filters")),
    ("rule_settings", gettext_lazy("Settings")),
)


class RulePage(PortalPage):
    """A page about one rule; `view_name` is its own."""

    permission_required = SEE_RULES
    view_name = ""

    @cached_property
    def rule(self) -> SyncRule:
        return get_object_or_404(find_rules(), pk=self.kwargs["pk"])

    @property
    def can_edit(self) -> bool:
        return self.request.user.has_perm(CHANGE_RULES)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            rule=self.rule, can_edit=self.can_edit, tabs=TABS, open_tab=self.view_name, **kwargs
        )


class RuleEditor(RulePage):
    """A page on which a part of a rule is changed; whoever may only look sees it all the same, and can't send it.

    Subclasses show what is stored in `get`, and what was sent in `post`, and save by `save`. The page carries the
    revision that it shows as a hidden field, so that nobody overwrites what somebody else did meanwhile unknowingly.
    """

    stale_changes: tuple[SettingChange, ...] = ()
    revision: int = 0

    def get_permission_required(self) -> tuple[str, ...]:
        return (CHANGE_RULES,) if self.request.method == "POST" else (SEE_RULES,)

    def handle_no_permission(self) -> Any:
        if "HX-Request" in self.request.headers and not self.request.user.is_authenticated:
            # The login page would take the place of a row. So the row stays, and the next button leads to the login.
            return HttpResponse(status=SIGNED_OUT_STATUS)
        return super().handle_no_permission()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.sent_revision = read_whole_number(request.POST.get("revision"))
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return f"{reverse(self.view_name, args=(self.rule.pk,))}?saved=1"

    @property
    def is_saved(self) -> bool:
        return self.request.method == "GET" and "saved" in self.request.GET

    def save(self, change: Callable[[int], object], *, is_stored: Callable[[], bool]) -> HttpResponseRedirect | None:
        """Saves by `change`, which gets the revision; None when somebody else was faster, and the page must say so.

        A second press of the button finds everything as it should be (`is_stored`), and is as good as the first.
        """
        if self.sent_revision is None:
            messages.error(
                self.request, _("What was sent is incomplete, so nothing was saved. Look at it and save again.")
            )
            return None
        try:
            change(self.sent_revision)
        except StaleRuleError as error:
            if not is_stored():
                self.stale_changes = error.changes
                return None
        except IntegrityError:
            messages.error(self.request, _("Somebody else saved the same at this moment. Try again."))
            return None
        messages.success(self.request, _("Saved."))
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = SyncRule.objects.values_list("revision", flat=True).get(pk=self.rule.pk)
        # Until the person was told of the other's changes, the page stays one of the revision it began with.
        is_told = self.sent_revision is None or bool(self.stale_changes)
        revision = now if is_told else self.sent_revision
        return super().get_context_data(
            revision=revision,
            stale_changes=self.stale_changes,
            is_saved=self.is_saved,
            is_answered=self.is_saved or self.request.method == "POST",
            **kwargs,
        )

    def render_editor(self, **context: Any) -> HttpResponse:
        answer = self.render_to_response(self.get_context_data(**context))
        if self.stale_changes:
            answer.status_code = STALE_STATUS
        return answer


def read_whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def read_action(request: HttpRequest) -> tuple[str, int]:
    """What a button asked for: "up-3" as ("up", 3), "save" as ("save", -1)."""
    name, _sign, number = request.POST.get("action", "").partition("-")
    return name, int(number) if number.isdecimal() and len(number) < 6 else -1
