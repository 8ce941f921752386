"""Pages of long lists, without counting them."""

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


class UncountedPaginator(Paginator):
    """Reads one row beyond the page instead of counting: it knows whether there is a next page, not how many."""

    def __init__(self, rows: QuerySet[Any], per_page: int, *, page_number: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.page_number = page_number

    @cached_property
    def count(self) -> int:
        start = (self.page_number - 1) * self.per_page
        rows = self.rows.values_list("pk", flat=True)
        return start + len(rows[start : start + self.per_page + 1])

    @property
    def has_more(self) -> bool:
        """Whether `count` is only what is known so far."""
        return self.count > self.page_number * self.per_page


class UncountedChangeList(ChangeList):
    """Speaks of the rows of the page only, as what is beyond it was not counted."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Equal numbers keep the page from offering "show all" and "select all"; `paginator.count` stays as it is.
        self.result_count = self.full_result_count = len(self.result_list)


class UncountedAdmin(admin.ModelAdmin):
    """For a ModelAdmin whose table is too long for COUNT(*)."""

    show_full_result_count = False
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **_options: Any) -> type[ChangeList]:
        return UncountedChangeList

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Any], per_page: int, *_args: Any, **_options: Any
    ) -> Any:
        raw = request.GET.get("p", "1")
        number = max(1, int(raw)) if raw.isdecimal() else 1
        return UncountedPaginator(queryset, per_page, page_number=number)
