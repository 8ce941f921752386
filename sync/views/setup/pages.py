"""Set-ups that are open, starting one, dropping one, and the way to the steps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.models import RuleSetup, SetupStep
from sync.selectors.setups import find_open_setups
from sync.services.setups.choices import discard_setup, start_setup
from sync.services.setups.steps import find_furthest
from sync.views.access import SET_UP_RULES, PortalPage, PortalView
from sync.views.setup.accounts import HubSpotStep, SansanStep
from sync.views.setup.editors import DirectionStep, EarlyTagsStep, LimitsStep, MappingStep, TagsStep
from sync.views.setup.ending import PreviewStep, ReviewStep
from sync.views.setup.steps import SetupPage, locate_step

STEP_PAGES: dict[str, type[SetupPage]] = {
    SetupStep.SANSAN.value: SansanStep,
    SetupStep.TAGS.value: TagsStep,
    SetupStep.HUBSPOT.value: HubSpotStep,
    SetupStep.DIRECTION.value: DirectionStep,
    SetupStep.MAPPING.value: MappingStep,
    SetupStep.LIMITS.value: LimitsStep,
    SetupStep.PREVIEW.value: PreviewStep,
    SetupStep.REVIEW.value: ReviewStep,
}


def open_step(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """The page of a step, which asks itself who may open it."""
    page = STEP_PAGES.get(step)
    if page is None:
        raise Http404
    if page is TagsStep and RuleSetup.objects.filter(pk=pk, rule=None).exists():
        page = EarlyTagsStep
    return page.as_view()(request, pk=pk, step=step)


class SetupStartPage(PortalPage):
    permission_required = SET_UP_RULES
    template_name = "portal/setup/start.html"
    title = gettext_lazy("Set up a sync")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        setups = [(setup, locate_step(setup, find_furthest(setup))) for setup in find_open_setups()]
        return super().get_context_data(setups=setups, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        setup = start_setup(by=self.username)
        return redirect(locate_step(setup, find_furthest(setup)))


class SetupDiscard(PortalView):
    permission_required = SET_UP_RULES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        discard_setup(pk, by=self.username)
        messages.success(request, _("The set-up was dropped. Accounts that were connected in it stay."))
        return redirect("setup_start")
