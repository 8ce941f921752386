from sync.models.accounts import ConnectedAccount
from sync.models.history import ChangeSource, SettingChange
from sync.models.links import IS_DISMISSED, CardPlace, LinkState, PreviewLink, RecordLink
from sync.models.logs import LogAction, RecordLog
from sync.models.rules import (
    MAX_SELECTED_TAGS,
    ConflictPolicy,
    Direction,
    FieldDirection,
    FieldMapping,
    FilterSide,
    Match,
    RecordFilter,
    SyncRule,
    TagSelection,
    TagType,
    WritePolicy,
)
from sync.models.runs import ACTIVE_STATUSES, RunKind, RunStatus, RunTrigger, SyncRun
from sync.models.setups import RuleSetup, SetupStep

__all__ = [
    "ACTIVE_STATUSES",
    "IS_DISMISSED",
    "MAX_SELECTED_TAGS",
    "CardPlace",
    "ChangeSource",
    "ConflictPolicy",
    "ConnectedAccount",
    "Direction",
    "FieldDirection",
    "FieldMapping",
    "FilterSide",
    "LinkState",
    "LogAction",
    "Match",
    "PreviewLink",
    "RecordFilter",
    "RecordLink",
    "RecordLog",
    "RuleSetup",
    "RunKind",
    "RunStatus",
    "RunTrigger",
    "SettingChange",
    "SetupStep",
    "SyncRule",
    "SyncRun",
    "TagSelection",
    "TagType",
    "WritePolicy",
]
