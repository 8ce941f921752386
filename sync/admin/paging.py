"""Lists of tables too long to count, to sort at will or to page through by number."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from sync.selectors.paging import BEGINNING, END, AgeOrder, Cursor, Order, Page, read_cursor, read_page

# The conditions in the address of a list, each with its values.
Conditions = Mapping[str, list[Any]]


class LongChangeList(ChangeList):
    """Shows the page that begins where the address says, and leads to the pages around it."""

    model_admin: "LongListAdmin"
    page: Page

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        return ["-pk"]  # whatever an address asks for: the order comes with the way to the rows

    def get_results(self, request: HttpRequest) -> None:
        order = self.model_admin.choose_order(self.queryset, self.get_filters_params(), self.query.strip())
        cursor = read_cursor(request.GET.get(PAGE_VAR, ""))
        self.page = read_page(self.queryset, order, cursor, self.list_per_page)
        self.result_list = self.page.rows
        # Equal numbers keep the page from offering "show all" and "select all".
        self.result_count = self.full_result_count = len(self.page.rows)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = None

    @property
    def first_page(self) -> str:
        return self._locate(BEGINNING if self.page.previous else None)

    @property
    def previous_page(self) -> str:
        return self._locate(self.page.previous)

    @property
    def next_page(self) -> str:
        return self._locate(self.page.next)

    @property
    def last_page(self) -> str:
        return self._locate(END if self.page.next else None)

    def _locate(self, cursor: Cursor | None) -> str:
        if cursor is None:
            return ""
        return str(self.get_query_string({PAGE_VAR: str(cursor)} if cursor != BEGINNING else {}))


class LongListAdmin(admin.ModelAdmin):
    """For a ModelAdmin whose table has millions of rows: every way into its list has an index behind it."""

    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_max_show_all = 0
    # What may stand in an address of the list, and the values where only some of them may.
    conditions: Mapping[str, Sequence[str] | None] = {}

    def get_changelist(self, request: HttpRequest, **_options: Any) -> type[ChangeList]:
        return LongChangeList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        if lookup not in self.conditions:
            return False
        values = self.conditions[lookup]
        return values is None or value in values

    def choose_order(self, rows: QuerySet[Any], conditions: Conditions, text: str) -> Order:
        """How the rows with these conditions and the text that was searched are sorted, and found by which index.

        Whoever narrows a list, by conditions or a search, has to name the index for it.
        """
        return AgeOrder()
