from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from sync.forms.tag_picker import TagPickerForm
from sync.services.rule_editing.tags import load_tag_shelf, read_tag_choice, save_tag_choice
from sync.views.rules.editing import RuleEditor, read_action


class RuleTagsPage(RuleEditor):
    template_name = "portal/rules/tags.html"
    view_name = "rule_tags"
    title = _("Tags")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.build_form(None, query=request.GET.get("q", "")))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.build_form(request.POST)
        action, _number = read_action(request)
        problem = form.select_found() if action == "select_found" else ""
        if action == "save" and form.is_valid():
            choice, by = form.choice, self.username
            done = self.save(
                lambda revision: save_tag_choice(self.rule.pk, choice, by=by, revision=revision),
                is_stored=lambda: read_tag_choice(self.rule) == choice,
            )
            if done:
                return done
        return self.show(form, problem=problem, is_refused=action == "save")

    def build_form(self, data: Any, *, query: str = "") -> TagPickerForm:
        stored = read_tag_choice(self.rule)
        is_fresh = "fresh" in self.request.GET or read_action(self.request)[0] == "reread"
        shelf = load_tag_shelf(self.rule.sansan_account, stored.tags, fresh=is_fresh)
        return TagPickerForm(data, shelf=shelf, initial_choice=stored, query=query)

    def show(self, form: TagPickerForm, *, problem: str = "", is_refused: bool = False) -> HttpResponse:
        problems = [problem] if problem else list(form.non_field_errors()) if is_refused else []
        return self.render_editor(picker=form, problems=problems)
