"""The steps that the editors of a rule are: tags, mapping, limits."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from sync.forms.setups import DirectionChoiceForm
from sync.forms.tag_picker import TagPickerForm
from sync.models import SetupStep
from sync.services.configuration.definition import MappingDefinition
from sync.services.configuration.live import Portal
from sync.services.rule_editing.settings import save_settings
from sync.services.rule_editing.tags import load_tag_shelf
from sync.services.setups.choices import read_choice, save_choice
from sync.views.rules.editing import read_action
from sync.views.rules.filters import RuleFiltersPage
from sync.views.rules.mapping import RuleMappingPage
from sync.views.rules.tags import RuleTagsPage
from sync.views.setup.steps import RuleStep, SetupPage


class EarlyTagsStep(SetupPage):
    """The tags, while there is no rule to keep them."""

    step = SetupStep.TAGS
    template_name = "portal/rules/tags.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.build_form(None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.build_form(request.POST)
        action, _number = read_action(request)
        problem = form.select_found() if action == "select_found" else ""
        if action == "save" and form.is_valid():
            save_choice(self.setup_row.pk, form.choice, by=self.username)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.get_success_url())
        problems = [problem] if problem else list(form.non_field_errors()) if action == "save" else []
        return self.show(form, problems)

    def build_form(self, data: Any) -> TagPickerForm:
        stored = read_choice(self.setup_row)
        account = self.setup_row.sansan_account
        if account is None:
            raise LookupError("The step is not open without an account.")
        shelf = load_tag_shelf(account, stored.tags, fresh="fresh" in self.request.GET)
        return TagPickerForm(data, shelf=shelf, initial_choice=stored)

    def show(self, form: TagPickerForm, problems: list[Any] | None = None) -> HttpResponse:
        context = self.get_context_data(
            picker=form,
            problems=problems or [],
            can_edit=True,
            is_answered=self.request.method == "POST",
            layout="portal/setup/editor.html",
        )
        return self.render_to_response(context)


class TagsStep(RuleStep, RuleTagsPage):
    step = SetupStep.TAGS


class DirectionStep(RuleStep):
    step = SetupStep.DIRECTION
    template_name = "portal/setup/direction.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_editor(form=DirectionChoiceForm(initial={"direction": self.rule.direction}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = DirectionChoiceForm(request.POST)
        if form.is_valid():
            direction, rule_id, by = form.cleaned_data["direction"], self.rule.pk, self.username
            done = self.save(
                lambda revision: save_settings(rule_id, {"direction": direction}, by=by, revision=revision),
                is_stored=lambda: type(self.rule).objects.filter(pk=rule_id, direction=direction).exists(),
            )
            if done:
                return done
        return self.render_editor(form=form)


class MappingStep(RuleStep, RuleMappingPage):
    step = SetupStep.MAPPING

    def create_own_properties(self, mappings: tuple[MappingDefinition, ...], portal: Portal) -> tuple[str, ...]:
        return ()  # only the last step writes to HubSpot


class LimitsStep(RuleStep, RuleFiltersPage):
    step = SetupStep.LIMITS
    template_name = "portal/setup/limits.html"
