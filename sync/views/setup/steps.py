"""What the pages of a set-up have in common: how far it is, and where to go from here."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from sync.models import RuleSetup, SetupStep, SyncRule
from sync.selectors.rule_overview import find_rules
from sync.services.setups.steps import ORDER, find_furthest, is_open, pass_step, precede
from sync.views.access import SET_UP_RULES, PortalPage
from sync.views.rules.editing import RuleEditor


def locate_step(setup: RuleSetup, step: SetupStep) -> str:
    return reverse("setup_step", args=(setup.pk, step.value))


class SetupPage(PortalPage):
    """A step of a set-up: `step`. Whoever comes too early, or when all is done, is led to where it goes on."""

    permission_required = SET_UP_RULES
    step: SetupStep

    @cached_property
    def setup_row(self) -> RuleSetup:
        return get_object_or_404(RuleSetup.objects.select_related("rule"), pk=self.kwargs["pk"])

    @cached_property
    def rule(self) -> SyncRule:
        return get_object_or_404(find_rules(), setup=self.setup_row)

    @property
    def can_edit(self) -> bool:
        return True

    def get_permission_required(self) -> tuple[str, ...]:
        return (SET_UP_RULES,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        elsewhere = self.find_elsewhere() if request.user.has_perm(SET_UP_RULES) else ""
        return HttpResponseRedirect(elsewhere) if elsewhere else super().dispatch(request, *args, **kwargs)

    def find_elsewhere(self) -> str:
        setup = self.setup_row
        if setup.finished_at is not None and setup.rule_id is not None:
            return reverse("rule_detail", args=(setup.rule_id,))
        return "" if is_open(setup, self.step) else locate_step(setup, find_furthest(setup))

    def get_title(self) -> str:
        return str(self.step.label)

    def get_success_url(self) -> str:
        return f"{locate_step(self.setup_row, pass_step(self.setup_row, self.step))}?saved=1"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before = precede(self.step)
        return super().get_context_data(
            setup=self.setup_row,
            steps=list(self.list_steps()),
            back=locate_step(self.setup_row, before) if before else "",
            answered=locate_step(self.setup_row, before) if before and "saved" in self.request.GET else "",
            **kwargs,
        )

    def list_steps(self) -> list[dict[str, Any]]:
        furthest = ORDER.index(find_furthest(self.setup_row))
        return [
            {
                "label": step.label,
                "address": locate_step(self.setup_row, step) if place <= furthest else "",
                "is_here": step == self.step,
                "is_done": place < furthest,
            }
            for place, step in enumerate(ORDER)
        ]


class RuleStep(SetupPage, RuleEditor):
    """A step that is one of the rule's editors, within the set-up."""

    @property
    def is_saved(self) -> bool:
        # What was saved is the step before; the editors' notes are about rules that have run.
        return False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(layout="portal/setup/editor.html", **kwargs)
