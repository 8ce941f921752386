from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from sync.forms.rule_settings import RuleSettingsForm
from sync.models import SyncRule
from sync.services.rule_editing.settings import save_settings
from sync.views.rules.editing import RuleEditor, read_action


class RuleSettingsPage(RuleEditor):
    template_name = "portal/rules/settings.html"
    view_name = "rule_settings"
    title = _("Settings")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_editor(form=RuleSettingsForm(instance=self.load_rule()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = RuleSettingsForm(request.POST, instance=self.load_rule())
        action, _number = read_action(request)
        if action == "save" and form.is_valid():
            values, by = form.values, self.username
            done = self.save(
                lambda revision: save_settings(self.rule.pk, values, by=by, revision=revision),
                is_stored=lambda: SyncRule.objects.filter(pk=self.rule.pk, **values).exists(),
            )
            if done:
                return done
        return self.render_editor(form=form)

    def load_rule(self) -> SyncRule:
        """One of the form's own, which puts into it what was entered, valid or not."""
        return SyncRule.objects.get(pk=self.rule.pk)
