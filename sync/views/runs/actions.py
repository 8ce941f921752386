"""What people do with runs: stop one, and look at what one would do."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.actors import queue_run
from sync.forms.previews import PreviewForm
from sync.models import ACTIVE_STATUSES, RunKind, RunStatus, SyncRule, SyncRun
from sync.services.leases import RunActiveError
from sync.services.runs import cancel_run, request_run
from sync.views.access import RUN_RULES, PortalPage, PortalView


class CancelRun(PortalView):
    permission_required = RUN_RULES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(SyncRun, pk=pk)
        was_active = run.status in ACTIVE_STATUSES
        run = cancel_run(run.pk, by=self.username)
        if not was_active:
            messages.info(request, _("The run had ended already."))
        elif run.status == RunStatus.CANCELLED:
            messages.success(request, _("The run was cancelled."))
        elif run.status in ACTIVE_STATUSES:
            messages.success(request, _("The run stops as soon as the requests that are under way are answered."))
        else:
            messages.info(request, _("The run has just ended by itself."))
        return redirect("run_detail", pk=pk)


class StartPreview(PortalPage):
    """Asks how much is to be shown, and starts it; without an answer, everything is."""

    permission_required = RUN_RULES
    template_name = "portal/runs/preview.html"
    title = gettext_lazy("Preview")

    @cached_property
    def rule(self) -> SyncRule:
        return get_object_or_404(SyncRule, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", PreviewForm())
        return super().get_context_data(rule=self.rule, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = PreviewForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            run = request_run(
                self.rule, full=True, dry_run=True, sample=form.cleaned_data["sample"] or 0, requested_by=self.username
            )
        except RunActiveError as error:
            return self.show_active(error.run)
        queue_run(run.pk)
        return redirect("run_detail", pk=run.pk)

    def show_active(self, run: SyncRun) -> HttpResponse:
        # A preview that is there already, as after a double click, is what was asked for.
        if run.kind != RunKind.PREVIEW:
            text = _("No preview was started: this run of the rule is under way. Try again when it has ended.")
            messages.warning(self.request, text)
        return redirect("run_detail", pk=run.pk)
