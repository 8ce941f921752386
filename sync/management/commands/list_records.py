"""`list_records RULE [--state …] [--json]`: where every record stands and why."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sync.management.terminal import find_rule
from sync.models import LinkState
from sync.selectors.records import list_records


class Command(BaseCommand):
    help = _("Lists every record of a rule: where it stands and why.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", metavar="RULE")
        parser.add_argument("--state", choices=LinkState.values, default="")
        parser.add_argument("--json", action="store_true", help=_("Print one JSON object a line and nothing else."))

    def handle(self, *args: Any, **options: Any) -> None:
        rule = find_rule(options["rule"])
        for record in list_records(rule, options["state"]):
            self.stdout.write(json.dumps(record, ensure_ascii=False) if options["json"] else format_record(record))


def format_record(record: dict[str, Any]) -> str:
    state = LinkState(record["state"]).label
    target = f" → {record['hubspot_id']}" if record["hubspot_id"] else ""
    reason = f"  [{record['code']}] {record['message']}" if record["code"] else ""
    return f"{record['sansan_id']}{target}  {record['name']}  {state}{reason}"
