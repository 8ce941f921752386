"""The picker of tags: works for a rule, and for an account that has no rule yet."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.models import MAX_SELECTED_TAGS
from sync.services.rule_editing.tags import MOST_SHOWN, TagChoice, TagOption, TagShelf, check_tag_choice

ALL, SOME = "all", "some"


class TagPickerForm(forms.Form):
    """Chooses tags from a TagShelf; `choice` is what was chosen, `initial_choice` what is stored.

    Rendered by `portal/rules/_tag_picker.html` as `picker`. Its buttons send `action`: "search" or "select_found"
    only show the picker again (call `select_found()` for the latter), anything else is up to the page. Once valid,
    `choice` can be stored by `save_tag_choice`, or kept as it is.
    """

    scope = forms.ChoiceField(
        choices=[
            (ALL, gettext_lazy("All public and shared tags, those to come included")),
            (SOME, gettext_lazy("Only the tags selected below")),
        ],
        widget=forms.RadioSelect,
        label=gettext_lazy("Which tags are synced as values"),
    )
    only_with_these = forms.BooleanField(
        required=False,
        label=gettext_lazy("Only sync cards that have at least one of these tags"),
        help_text=gettext_lazy("Off: tags are synced as values and limit nothing."),
    )
    q = forms.CharField(required=False, max_length=100, label=gettext_lazy("Search tags"))

    most_selected = MAX_SELECTED_TAGS

    def __init__(self, data: Any = None, *, shelf: TagShelf, initial_choice: TagChoice, query: str = "") -> None:
        initial = {
            "scope": ALL if initial_choice.sync_all else SOME,
            "only_with_these": initial_choice.only_with_these,
            "q": query,
        }
        super().__init__(data, initial=initial)
        self.shelf = shelf
        self.query = (str(data.get("q", "")) if data is not None else query).strip()
        sent = data.getlist("tags") if data is not None else [tag.tag_id for tag in initial_choice.tags]
        self.selected = set(sent) & shelf.options.keys()

    @property
    def choice(self) -> TagChoice:
        return TagChoice(
            self["scope"].value() == ALL, self.shelf.define(self.selected), bool(self["only_with_these"].value())
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "scope" in cleaned:
            for problem in check_tag_choice(self.choice):
                self.add_error(None, problem)
        return cleaned

    def select_found(self) -> str:
        """Ticks all that the search finds, or says why that is too many."""
        wanted = self.selected | {option.tag_id for option in self.shelf.find(self.query)}
        if len(wanted) > MAX_SELECTED_TAGS:
            message = _(
                "With all that the search finds, %(count)s tags would be selected, but at most %(limit)s can be. "
                "Search more closely, or sync all tags."
            )
            return message % {"count": len(wanted), "limit": MAX_SELECTED_TAGS}
        self.selected = wanted
        return ""

    @property
    def selected_options(self) -> list[TagOption]:
        return [option for option in self.shelf.options.values() if option.tag_id in self.selected]

    @property
    def found(self) -> list[TagOption]:
        """What the search finds beside the selected ones."""
        return [option for option in self.shelf.find(self.query) if option.tag_id not in self.selected]

    @property
    def shown(self) -> list[TagOption]:
        return self.found[:MOST_SHOWN]
