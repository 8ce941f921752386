from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SAMPLE_SIZES = (50, 100, 300)


def list_choices() -> Iterator[tuple[str, str]]:
    yield "", _("All cards")
    for size in SAMPLE_SIZES:
        yield str(size), _("A sample: the %(count)s cards changed last") % {"count": size}


class PreviewForm(forms.Form):
    """How much of what a rule would do is shown: all of it, unless a sample is asked for."""

    sample = forms.TypedChoiceField(
        label=gettext_lazy("Which cards?"),
        choices=list_choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A sample is ready in seconds; all cards take as long as a run over them does."),
        error_messages={"invalid_choice": gettext_lazy("Choose all cards, or one of the samples.")},
    )
