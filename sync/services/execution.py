"""Runs a sync from its row in the database to its end, and goes on with one that was interrupted."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from django.utils import timezone

from connectors.errors import (
    ConnectorError,
    CredentialsError,
    MissingScopeError,
    QuotaExhaustedError,
    RetryLaterError,
    StopRunError,
    UnexpectedAnswerError,
)
from sync.engine.transforms import TransformSpecError
from sync.models import ACTIVE_STATUSES, Direction, RunKind, RunStatus, SyncRule, SyncRun
from sync.models.encrypted import CredentialsUnreadableError
from sync.services.connections import AccountDisconnectedError, open_hubspot, open_sansan
from sync.services.leases import Lease, LeaseLostError, RunActiveError, RunCancelledError, take_lease
from sync.services.processing.claims import Claims
from sync.services.processing.complaints import MappingBrokenError
from sync.services.processing.departures import settle_deleted_contacts, settle_vanished_cards
from sync.services.processing.drafting import Drafter
from sync.services.processing.drafts import DraftSource
from sync.services.processing.intake import Intake
from sync.services.processing.link_store import Desk, open_links
from sync.services.processing.pipeline import MOST_JOBS, Pipeline
from sync.services.processing.recording import Progress, Recorder
from sync.services.processing.steps import Crew
from sync.services.processing.work import Workshop
from sync.services.property_catalogue import PlanUnfitError, PropertyCatalogue
from sync.services.query_log import leave_queries_unlogged
from sync.services.reading import (
    PORTION,
    READERS,
    PeriodSource,
    SampleSource,
    SelectionSource,
    Source,
    choose_window,
    list_selected,
)
from sync.services.rule_plan import RulePlan, plan_rule
from sync.services.runs import SAMPLE
from sync.services.undoing.recording import UndoRecorder
from sync.services.undoing.walking import Undo
from sync.services.watch import Watch

logger = logging.getLogger("sync.runs")

__all__ = ["Progress", "RunActiveError", "execute_run"]

ERROR_CODES: tuple[tuple[type[Exception], str], ...] = (
    (MappingBrokenError, "MAPPING_INVALID"),
    (AccountDisconnectedError, "ACCOUNT_DISCONNECTED"),
    (CredentialsError, "CREDENTIALS_REFUSED"),
    (CredentialsUnreadableError, "CREDENTIALS_UNREADABLE"),
    (MissingScopeError, "SCOPE_MISSING"),
    (QuotaExhaustedError, "QUOTA_EXHAUSTED"),
    (UnexpectedAnswerError, "UNEXPECTED_ANSWER"),
    (StopRunError, "SERVICE_REFUSED"),
    (RetryLaterError, "SERVICE_UNAVAILABLE"),
    (ConnectorError, "SERVICE_REFUSED"),
)


def execute_run(run_id: int, progress: Progress | None = None) -> SyncRun:
    """Executes or continues a run and returns its row as it is afterwards.

    A sync that fails is a run with status `failed`, not an exception. Raises RunActiveError when another living
    process works on the run; a run that has ended already is returned as it is.
    """
    run = SyncRun.objects.select_related("rule").get(pk=run_id)
    if run.status not in ACTIVE_STATUSES:
        return run
    lease = take_lease(run)
    try:
        with leave_queries_unlogged():
            _Execution(run, lease, progress).perform()
    except LeaseLostError:
        logger.warning("run=%s rule=%s taken over by another process", run.pk, run.rule_name)
    except BaseException:
        # Told to stop (Ctrl-C, a worker that shuts down): the next process need not wait for the lease to lapse.
        lease.release()
        raise
    run.refresh_from_db()
    return run


class _Execution:
    def __init__(self, run: SyncRun, lease: Lease, progress: Progress | None) -> None:
        self._run = run
        self._lease = lease
        self._watch = Watch(lease)
        self._progress = progress
        self._requests_before = (run.requests_sansan, run.requests_hubspot)

    def perform(self) -> None:
        """From taking the lease to giving it back; every way out but a lost lease ends the run."""
        try:
            # It may have been told to stop while nobody worked on it.
            self._watch.renew()
            with ExitStack() as stack:
                self._open(stack)
                self._work()
        except LeaseLostError:
            raise
        except RunCancelledError:
            self._finish("", {}, is_cancelled=True)
        except PlanUnfitError as error:
            self._finish(error.code, error.detail)
        except TransformSpecError as error:
            self._finish("MAPPING_INVALID", {"problems": str(error)})
        except (ConnectorError, CredentialsUnreadableError) as error:
            self._finish(choose_error_code(error), describe_error(error))
        except Exception as error:
            logger.exception("run=%s rule=%s broke", self._run.pk, self._run.rule_name)
            self._finish("INTERNAL_ERROR", {"message": type(error).__name__})
        else:
            self._finish("", {})

    def _open(self, stack: ExitStack) -> None:
        rule = self._rule = _require_rule(self._run)
        now = timezone.now()
        self._run.started_at = self._run.started_at or now
        if self._run.kind != RunKind.UNDO:
            # An undo does without Sansan, and works when its key is gone.
            choose_window(self._run, rule.watermark, rule.overlap_minutes, now)
            self._sansan = open_sansan(rule.sansan_account, on_request=self._watch.check)
        self._hubspot = open_hubspot(rule.hubspot_account, on_request=self._watch.check)
        # Left last to first: requests that rest are called off before their threads are waited for.
        self._readers = stack.enter_context(ThreadPoolExecutor(READERS, thread_name_prefix="sansan"))
        self._drafters = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="drafts"))
        self._crew = stack.enter_context(ThreadPoolExecutor(MOST_JOBS, thread_name_prefix="hubspot"))
        stack.callback(self._watch.stop)
        self._lease.own().update(
            started_at=self._run.started_at, window_from=self._run.window_from, window_to=self._run.window_to
        )

    def _work(self) -> None:
        if self._run.kind == RunKind.UNDO:
            self._undo()
            return
        if self._rule.direction != Direction.SANSAN_TO_HUBSPOT:
            raise PlanUnfitError("DIRECTION_UNSUPPORTED", direction=self._rule.direction)
        # The first cards are asked for, and the rules, while the properties are read.
        source = self._open_source()
        plan = plan_rule(self._rule)
        early = self._crew if self._run.kind == RunKind.INITIAL else None
        catalogue = PropertyCatalogue(self._hubspot, early, is_dry=self._run.dry_run)
        catalogue.check(plan)
        self._shop = self._set_up_shop(plan, catalogue)
        self._recorder = Recorder(self._shop, self._lease, self._count_requests, self._progress)
        self._drafter = Drafter(plan, self._load_tag_ids, self._shop.tag_names, timezone.localtime)
        self._pipeline = Pipeline(self._shop, Intake(self._shop), self._recorder, self._watch)
        self._process(source)
        self._revisit()
        if self._looks_for_departures:
            self._settle_departures()
            self._revisit()

    def _undo(self) -> None:
        if self._run.undoes is None:
            raise PlanUnfitError("UNDONE_RUN_DELETED")
        recorder = UndoRecorder(self._run, self._lease, self._count_requests, self._progress)
        undo = Undo(self._run, self._run.undoes, self._hubspot, Crew(self._crew))
        undo.perform(recorder, self._lease, self._watch)

    @property
    def _looks_for_departures(self) -> bool:
        run = self._run
        is_full = run.kind == RunKind.FULL or (run.dry_run and run.reads_everything)
        return is_full and SAMPLE not in run.selection

    def _set_up_shop(self, plan: RulePlan, catalogue: PropertyCatalogue) -> Workshop:
        store = open_links(self._run)
        return Workshop(
            run=self._run,
            plan=plan,
            hubspot=self._hubspot,
            crew=Crew(self._crew),
            store=store,
            desk=Desk(store),
            claims=Claims(),
            properties=catalogue.specs,
            finds_by_card_id=catalogue.finds_by_card_id,
            tag_names={},
            now=timezone.now,
            load_validation_rules=catalogue.load_validation_rules,
            ensure_tag_options=lambda names: catalogue.ensure_tag_options(plan.tag_properties, names),
        )

    def _open_source(self) -> Source:
        if self._run.kind == RunKind.RETRY:
            return SelectionSource(list_selected(self._run), self._sansan, self._readers)
        if sample := self._run.selection.get(SAMPLE):
            return SampleSource(self._run, sample, self._sansan, self._readers)
        return PeriodSource(self._run, self._sansan, self._readers, timezone.now)

    def _process(self, source: Source) -> None:
        missing = self._pipeline.run(DraftSource(source, self._drafter, self._drafters))
        gone = [place for place in self._shop.store.load(missing).values() if place.state]
        if gone:
            self._recorder.record(*settle_vanished_cards(self._shop, gone))

    def _revisit(self) -> None:
        """Cards that had lost their address to one which has given it up since."""
        while card_ids := self._shop.store.find_to_revisit(PORTION):
            self._process(SelectionSource(card_ids, self._sansan, self._readers))

    def _settle_departures(self) -> None:
        for works in settle_deleted_contacts(self._shop):
            self._recorder.record(works)
        while places := self._shop.store.find_unseen(PORTION):
            self._watch.renew()
            self._recorder.record(*settle_vanished_cards(self._shop, places))

    def _count_requests(self) -> tuple[int, int]:
        """Sent by all processes that worked on the run so far."""
        sansan, hubspot = self._requests_before
        if hasattr(self, "_sansan"):
            sansan += self._sansan.requests_sent
        if hasattr(self, "_hubspot"):
            hubspot += self._hubspot.requests_sent
        return sansan, hubspot

    def _load_tag_ids(self) -> frozenset[str]:
        return frozenset(tag.id for tag in self._sansan.tags())

    def _finish(self, error_code: str, error_detail: dict[str, Any], *, is_cancelled: bool = False) -> None:
        self._run.refresh_from_db(fields=["failed", "position"])
        rule = SyncRule.objects.filter(runs=self._run).first()
        status = RunStatus.CANCELLED if is_cancelled else choose_status(error_code, self._run.failed)
        requests = self._count_requests()
        closed = self._lease.own().update(
            status=status,
            error_code=error_code,
            error_detail=error_detail,
            requests_sansan=requests[0],
            requests_hubspot=requests[1],
            watermark=rule.watermark if rule else None,
            finished_at=timezone.now(),
            lease_token=None,
            lease_expires_at=None,
        )
        if not closed:
            raise LeaseLostError(f"Run {self._run.pk} was taken over.")
        self._run.preview_links.all().delete()
        logger.info(
            "run=%s rule=%s kind=%s status=%s error=%s",
            self._run.pk,
            self._run.rule_name,
            self._run.kind,
            status,
            error_code or "-",
        )


def choose_status(error_code: str, failed: int) -> RunStatus:
    if error_code:
        return RunStatus.FAILED
    return RunStatus.PARTIAL if failed else RunStatus.SUCCEEDED


def choose_error_code(error: Exception) -> str:
    return next(code for kind, code in ERROR_CODES if isinstance(error, kind))


def describe_error(error: Exception) -> dict[str, str]:
    detail = {"message": str(error)}
    if isinstance(error, ConnectorError) and error.correlation_id:
        detail["correlation_id"] = error.correlation_id
    if isinstance(error, AccountDisconnectedError):
        detail["account"] = error.account_name
    if isinstance(error, MappingBrokenError):
        detail["problems"] = str(error)
    return detail


def _require_rule(run: SyncRun) -> SyncRule:
    if run.rule is None:
        raise PlanUnfitError("RULE_DELETED", rule=run.rule_name)
    return run.rule
