"""Lists as files for spreadsheets."""

from collections.abc import Iterable
from functools import partial

from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify

from sync.forms.run_filters import RecordFilterForm
from sync.models import SyncRule, SyncRun
from sync.selectors.downloads import list_record_rows, list_run_rows, name_record_columns, name_run_columns
from sync.selectors.run_lists import RecordChoice
from sync.services.spreadsheets import write_csv
from sync.views.access import SEE_RECORDS, SEE_RUNS, PortalView
from sync.views.records.pages import read_query
from sync.views.runs.words import name_action


class DownloadRun(PortalView):
    """What a run did to its records, as far as the filters of its page go."""

    permission_required = (SEE_RUNS, SEE_RECORDS)

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        run = get_object_or_404(SyncRun, pk=pk)
        form = RecordFilterForm(request.GET)
        choice = RecordChoice(form.read("action"), form.read("cause"))
        rows = list_run_rows(run, choice, partial(name_action, run))
        return send_file(f"{slugify(run.rule_name) or 'rule'}-run-{run.pk}.csv", write_csv(name_run_columns(), rows))


class DownloadRecords(PortalView):
    """Where the records of the list stand, as far as its filters go."""

    permission_required = SEE_RECORDS

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        query = read_query(request)
        rule = SyncRule.objects.filter(pk=query.rule).first() if query.rule else None
        name = "-".join(filter(None, ["records", slugify(rule.name) if rule else "", query.state]))
        return send_file(f"{name}.csv", write_csv(name_record_columns(), list_record_rows(query)))


def send_file(name: str, lines: Iterable[str]) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
