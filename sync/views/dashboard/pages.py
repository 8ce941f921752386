from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync.forms.dashboard_filters import USUAL_PERIOD, DashboardForm
from sync.models import RunStatus
from sync.selectors.rule_overview import find_rules
from sync.selectors.statistics import MOST_RULES, Day, RuleLags, count_daily_budget, count_days, list_lags
from sync.views.access import SEE_RUNS, PortalPage
from sync.views.dashboard.charts import Chart, Series, draw_bars, word_number

Words = dict[str, tuple[str | Promise, str]]

# What is counted, with its name and the class of its colour.
RUNS: Words = {
    RunStatus.SUCCEEDED: (gettext_lazy("ended well"), "fill-created"),
    RunStatus.PARTIAL: (gettext_lazy("some records failed"), "fill-excluded"),
    RunStatus.FAILED: (gettext_lazy("failed"), "fill-failed"),
    RunStatus.CANCELLED: (gettext_lazy("cancelled"), "fill-unchanged"),
}
RECORDS: Words = {
    "created": (gettext_lazy("created"), "fill-created"),
    "updated": (gettext_lazy("updated"), "fill-updated"),
    "failed": (gettext_lazy("failed"), "fill-failed"),
}
REQUESTS: Words = {
    "requests_hubspot": ("HubSpot", "fill-updated"),
    "requests_sansan": ("Sansan", "fill-created"),
}

LEAST_SHARE = 0.001
# The greatest unit is taken of which there are so many.
FEWEST_OF_UNIT = 3
LAG_UNITS: tuple[tuple[int, str | Promise], ...] = (
    (24 * 60 * 60, gettext_lazy("days behind")),
    (60 * 60, gettext_lazy("hours behind")),
    (60, gettext_lazy("minutes behind")),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart with its heading, its numbers as a table, and what they come to."""

    name: str
    title: str
    about: str
    series: tuple[Series, ...]
    chart: Chart
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()
    first_column: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(one.total for one in self.series)


class DashboardPage(PortalPage):
    permission_required = SEE_RUNS
    template_name = "portal/dashboard/page.html"
    title = gettext_lazy("Dashboard")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.copy()
        asked.setdefault("days", USUAL_PERIOD)
        form = DashboardForm(asked)
        days, rule = int(form.read("days") or USUAL_PERIOD), form.read("rule") or None
        rules = [rule] if rule else list(find_rules())
        figures = count_days(days, rule)
        panels = [
            draw_days("runs", _("Runs per day"), _("How the runs of each day ended."), RUNS, figures),
            draw_days("records", _("Records per day"), _("What runs wrote, and what failed."), RECORDS, figures),
            draw_requests(figures, count_daily_budget(rules)),
        ]
        lags = [draw_lags(one) for one in list_lags(days, rules[:MOST_RULES])]
        left_out = max(0, len(rules) - MOST_RULES)
        return super().get_context_data(
            form=form, panels=panels, lags=lags, left_out=left_out, has_rules=bool(rules), **kwargs
        )


def draw_days(name: str, title: str, about: str, words: Words, days: list[Day], notes: Any = ()) -> Panel:
    names = [date_format(one.day, _("M j")) for one in days]
    counted = [getattr(one, name) for one in days]
    series = tuple(
        Series(str(label), fill, [counts[key] for counts in counted]) for key, (label, fill) in words.items()
    )
    rows = tuple(
        (date_format(one.day, "SHORT_DATE_FORMAT"), tuple(word_number(counts[key]) for key in words))
        for one, counts in zip(reversed(days), reversed(counted), strict=True)
    )
    return Panel(name, title, about, series, draw_bars(names, series), rows, tuple(notes), _("Day"))


def draw_requests(days: list[Day], budget: dict[str, int]) -> Panel:
    about = _("Requests that runs sent, repeats and previews included.")
    return draw_days("requests", _("Requests per day"), about, REQUESTS, days, list_peaks(days, budget))


def list_peaks(days: list[Day], budget: dict[str, int]) -> Iterator[str]:
    """The busiest day of each service, held against what its rate limit lets through."""
    for key, (label, _fill) in REQUESTS.items():
        peak = max(day.requests[key] for day in days)
        values = {"service": label, "peak": word_number(peak), "limit": word_number(budget[key])}
        if budget[key]:
            values["share"] = tell_share(peak / budget[key])
            text = _(
                "%(service)s: at most %(peak)s a day, %(share)s of the %(limit)s that the rate limit lets through."
            )
        else:
            text = _("%(service)s: at most %(peak)s a day; no rate limit is set.")
        yield text % values


def tell_share(share: float) -> str:
    """In percent, to a digit that says something."""
    if 0 < share < LEAST_SHARE:
        return f"<{number_format(100 * LEAST_SHARE, 1)}%"
    return f"{number_format(100 * share, 1)}%"


def draw_lags(told: RuleLags) -> Panel:
    names = [date_format(timezone.localtime(one.at), _("M j, H:i")) for one in told.lags]
    longest = max((one.lag.total_seconds() for one in told.lags), default=0)
    seconds, label = next((unit for unit in LAG_UNITS if longest >= unit[0] * FEWEST_OF_UNIT), LAG_UNITS[-1])
    values = [one.lag.total_seconds() / seconds for one in told.lags]
    series = (Series(str(label), "fill-updated", values),)
    rows = tuple((name, (word_number(value),)) for name, value in zip(names, values, strict=True))
    about = _("How long before the end of each run the last of the changes that it was to read were made.")
    chart = draw_bars(names, series)
    return Panel(
        f"lag-{told.rule.pk}", told.rule.name, about, series, chart, tuple(reversed(rows)), (), _("End of the run")
    )
