"""What happens in the demo, in order."""

import json
import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sync.management.demo.children import Child, Children
from sync.management.demo.screen import Screen
from sync.management.demo.stage import CONFIGURATION, HOST, RULE, SansanEditor, StandIns, answers_at, read_stand_ins
from sync.models import LogAction
from sync.reasons import describe

USER = "admin"
START_WITHIN_SECONDS = 60.0
SOME_FAILED = 3
LONGEST_VALUE = 60

PROMOTED_TO = "執行役員"

Change = dict[str, Any]


@dataclass
class Story:
    children: Children
    screen: Screen
    cards: int

    def prepare(self) -> tuple[SansanEditor, str]:
        """Stand-ins, database, administrator, configuration. Gives the hands to edit cards, and the password."""
        with self.screen.step(_("Starting the stand-ins and making the database"), "") as step:
            sandbox = self.children.start("sandbox", "--cards", str(self.cards))
            self.children.run("migrate", "--verbosity", "0")
            stand_ins = self.children.wait_for(sandbox, lambda: read_printed(sandbox), START_WITHIN_SECONDS)
            text = _("Stand-ins for Sansan (%(cards)s cards) and HubSpot are running, and the database is made")
            step.done = text % {"cards": f"{self.cards:,}"}
        self.children.environment.update(stand_ins.list_variables())
        with self.screen.step(_("Adding an administrator"), _("Added an administrator")):
            password = self.add_administrator()
        with self.screen.step(_("Applying the configuration"), "") as step:
            file = self.children.folder / "demo.yaml"
            file.write_text(CONFIGURATION, encoding="utf-8")
            self.children.run("apply", str(file))
            step.done = _("Applied %(file)s: two accounts, one sync rule, the HubSpot properties") % {"file": file}
        return SansanEditor(stand_ins.sansan_url), password

    def add_administrator(self) -> str:
        password = secrets.token_urlsafe(12)
        self.children.environment["DJANGO_SUPERUSER_PASSWORD"] = password
        self.children.run("createsuperuser", "--noinput", "--username", USER, "--email", f"{USER}@example.com")
        del self.children.environment["DJANGO_SUPERUSER_PASSWORD"]
        return password

    def sync(self, doing: str, done: str) -> list[Change]:
        """Runs the rule, and lists what that did to each record."""
        with self.screen.step(doing, "", spins=False) as step:
            accepted = (0, SOME_FAILED)
            printed = self.children.run("run_sync", RULE, "--json", accepted=accepted, shows_progress=True)
            run = json.loads(printed)
            step.done = done % {"seen": f"{run['counts']['seen']:,}"}
        changes = self.children.run("list_changes", RULE, "--run", str(run["run"]), "--json")
        self.show_counts(run)
        return [json.loads(line) for line in changes.splitlines()]

    def show_counts(self, run: dict[str, Any]) -> None:
        counts = run["counts"]
        rows = [
            (f"{counts['created']:,}", _("created in HubSpot")),
            (f"{counts['updated']:,}", _("updated in HubSpot")),
            (f"{counts['unchanged']:,}", _("unchanged")),
            (f"{counts['excluded']:,}", _("excluded: the rule does not want them")),
            (f"{counts['failed']:,}", _("failed")),
            (f"{run['requests']['sansan']:,} + {run['requests']['hubspot']:,}", _("requests to Sansan + HubSpot")),
        ]
        self.screen.show_table(_("What happened"), (_("Cards"), ""), rows)

    def explain(self, changes: list[Change]) -> None:
        """Why some records failed or were excluded, with an example of each kind."""
        by_code: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            if change["action"] in (LogAction.FAIL, LogAction.EXCLUDE):
                by_code[change["code"]].append(change)
        rows = [
            (
                f"{len(alike):,}",
                LogAction(alike[0]["action"]).label.capitalize(),
                f"{describe(code).title} [{code}]",
                f"{alike[0]['name']}: {alike[0]['message']}",
                alike[0]["fix"],
            )
            for code, alike in sorted(by_code.items(), key=lambda item: (item[1][0]["action"], -len(item[1])))
        ]
        columns = (_("Cards"), _("Outcome"), _("Why"), _("For example"), _("What to do"))
        if rows:
            self.screen.show_table(_("Why some did not get through"), columns, rows)

    def edit_cards(self, editor: SansanEditor, changes: list[Change]) -> None:
        """A morning in Sansan: somebody is promoted, a typo is corrected, a new card comes in."""
        created = [change for change in changes if change["action"] == LogAction.CREATE]
        broken = [change for change in changes if change["code"] == "INVALID_EMAIL"]
        with self.screen.step(_("Editing cards in Sansan"), _("Edited cards in Sansan, as people do:")):
            done = []
            for change in [change for change in created if read_new(change, "jobtitle") != PROMOTED_TO][:1]:
                editor.call("edit_card", change["sansan_id"], title=PROMOTED_TO, departmentName="新規事業本部")
                done.append(_("%(name)s is promoted") % change)
            for change in created[-1:]:
                editor.call("edit_card", change["sansan_id"], tags=["VIP", "展示会2026春"], mobile="090-0000-1234")
                done.append(_("%(name)s gets other tags and a mobile number") % change)
            for change in broken[:1]:
                editor.call("edit_card", change["sansan_id"], email="corrected@example.co.jp")
                done.append(_("the e-mail address of %(name)s is corrected") % change)
            editor.call("add_card", tags=["VIP"], **NEW_CARD)
            done.append(_("a card of %(name)s is added") % {"name": f"{NEW_CARD['lastName']} {NEW_CARD['firstName']}"})
        for text in done:
            self.screen.say(f"    {text}")

    def show_changes(self, changes: list[Change], tag_names: dict[str, str]) -> None:
        rows = []
        for change in changes:
            action = LogAction(change["action"]).label.capitalize()
            for name, values in change["changes"].items():
                # A new contact's many values say little; that it is new says it all.
                if change["action"] == LogAction.UPDATE or name in ("email", "company"):
                    shown = (word_value(values[side], tag_names) for side in ("old", "new"))
                    rows.append((action, change["name"], name, *shown))
        columns = (_("Outcome"), _("Card"), _("HubSpot property"), _("Old"), _("New"))
        self.screen.show_table(_("What changed in HubSpot"), columns, rows)

    def serve(self, port: int, password: str) -> None:
        """The portal, until Ctrl-C; worker and schedule run along."""
        address = f"http://{HOST}:{port}/"
        with self.screen.step(_("Starting the portal"), _("The portal, a worker and the schedule are running")):
            dev = self.children.start("dev", "--port", str(port))
            self.children.wait_for(dev, lambda: answers_at(address) or None, START_WITHIN_SECONDS)
        self.screen.say()
        for line in (f"Portal: {address}", f"User: {USER}", f"Password: {password}"):
            self.screen.print_line(line)
        self.screen.say()
        self.screen.say(_("Stop it all with Ctrl-C."))
        self.children.watch()


NEW_CARD = {
    "lastName": "見本",
    "firstName": "新子",
    "lastNameReading": "ミホン",
    "firstNameReading": "シンコ",
    "companyName": "新着見本株式会社",
    "title": "代表取締役",
    "email": "shinko.mihon@shinchaku.example",
    "countryCode": "JP",
}


def read_new(change: Change, property_name: str) -> str:
    """The value that a change gave to a property; empty when it gave none."""
    new: str = change["changes"].get(property_name, {}).get("new", "")
    return new


def read_printed(sandbox: Child) -> StandIns | None:
    return read_stand_ins(sandbox.output.read_text(encoding="utf-8", errors="replace"))


def word_value(value: str, tag_names: dict[str, str]) -> str:
    """A value short enough for a table; tags, which HubSpot keeps by their ids, by their names."""
    parts = value.split(";")
    text = "、".join(tag_names[part] for part in parts) if all(part in tag_names for part in parts) else value
    text = text or _("(empty)")
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
