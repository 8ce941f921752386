"""The last steps: a preview for whoever asks for one, and the review from which the first sync starts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from sync.actors import queue_run
from sync.forms.previews import PreviewForm
from sync.forms.setups import FinishForm
from sync.models import ACTIVE_STATUSES, RunKind, SetupStep, SyncRule, SyncRun
from sync.reasons import describe
from sync.selectors.previews import Freshness, judge_preview
from sync.selectors.rule_overview import draw_overview
from sync.services.leases import RunActiveError
from sync.services.rule_editing.labels import describe_condition
from sync.services.rule_editing.tags import read_tag_choice
from sync.services.runs import request_run
from sync.services.setting_history import StaleRuleError
from sync.services.setups.choices import SetupError
from sync.services.setups.finishing import finish_setup, look_ahead
from sync.views.setup.steps import RuleStep, locate_step


class PreviewPart(RuleStep):
    """What the preview that was made last tells."""

    @cached_property
    def preview(self) -> SyncRun | None:
        return SyncRun.objects.filter(rule=self.rule, kind=RunKind.PREVIEW).order_by("-pk").first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preview = self.preview
        error = describe(preview.error_code, preview.error_detail) if preview and preview.error_code else None
        return super().get_context_data(
            preview=preview,
            preview_error=error,
            is_under_way=preview is not None and preview.status in ACTIVE_STATUSES,
            is_outdated=preview is not None and judge_preview(preview) in (Freshness.SETTINGS_CHANGED, Freshness.OLD),
            **kwargs,
        )


class PreviewStep(PreviewPart):
    step = SetupStep.PREVIEW
    template_name = "portal/setup/preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_editor(form=PreviewForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("action") == "save":
            return redirect(self.get_success_url())
        form = PreviewForm(request.POST)
        if not form.is_valid():
            return self.render_editor(form=form)
        sample = form.cleaned_data["sample"] or 0
        try:
            run = request_run(self.rule, full=True, dry_run=True, sample=sample, requested_by=self.username)
        except RunActiveError:
            messages.info(request, _("A run of this rule is under way already."))
        else:
            queue_run(run.pk)
        return redirect(locate_step(self.setup_row, self.step))


class ReviewStep(PreviewPart):
    step = SetupStep.REVIEW
    template_name = "portal/setup/review.html"

    def find_elsewhere(self) -> str:
        # After a second press of the button, the run that the first one started is what was asked for.
        is_sent = self.request.method == "POST" and self.setup_row.rule_id is not None
        return "" if is_sent and self.setup_row.finished_at else super().find_elsewhere()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(FinishForm(instance=self.load_rule()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = FinishForm(request.POST, instance=self.load_rule())
        if not form.is_valid() and not self.setup_row.finished_at:
            return self.show(form)
        try:
            run = finish_setup(
                self.setup_row.pk,
                name=form.cleaned_data.get("name", ""),
                interval_minutes=form.cleaned_data.get("interval_minutes", 0),
                by=self.username,
                revision=self.sent_revision,
            )
        except StaleRuleError as error:
            self.stale_changes = error.changes
            return self.show(form)
        except SetupError as error:
            return self.show(form, error.problems)
        queue_run(run.pk)
        messages.success(request, _("The sync is set up. This is its first run."))
        return redirect("run_detail", pk=run.pk)

    def load_rule(self) -> SyncRule:
        """One of the form's own, which puts into it what was entered, valid or not."""
        return SyncRule.objects.get(pk=self.rule.pk)

    def show(self, form: FinishForm, problems: tuple[str, ...] = ()) -> HttpResponse:
        rule = self.load_rule()
        rule.enabled = True  # as it will be
        outlook = look_ahead(rule)
        return self.render_editor(
            form=form,
            overview=draw_overview(rule),
            choice=read_tag_choice(rule),
            conditions=[describe_condition(one.field, one.operator, one.value) for one in rule.filters.all()],
            new_properties=outlook.new_properties,
            problems=problems or outlook.problems,
        )
