"""Writes what is configured as a file that can be applied again, without the secrets."""

from collections import Counter
from collections.abc import Collection, Sequence
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from connectors.registry import PROVIDERS
from sync.models import ConnectedAccount
from sync.services.configuration.definition import (
    FilterDefinition,
    MappingDefinition,
    RuleDefinition,
    TagDefinition,
    define_default_mappings,
    read_definition,
)
from sync.services.configuration.faults import hint
from sync.services.configuration.rules import load_rules

# What the examples of the file format call these; others are made of provider and field.
_VARIABLES = {("sansan", "api_key"): "SANSAN_API_KEY", ("hubspot", "access_token"): "HUBSPOT_TOKEN"}


class UnknownNameError(Exception):
    """Neither an account nor a rule has one of the names."""


def export_configuration(names: Sequence[str] = ()) -> str:
    """The YAML text of the accounts and rules with these names, of all for no names.

    Credentials stand as environment variables to be set. Raises UnknownNameError.
    """
    accounts = list(ConnectedAccount.objects.defer("credentials").order_by("pk"))
    rules = [read_definition(rule) for rule in load_rules()]
    _check_names(names, [*(account.name for account in accounts), *(rule.name for rule in rules)])
    variables = _name_variables(accounts)
    document = CommentedMap()
    document["accounts"] = CommentedSeq(
        _write_account(account, variables[account.name]) for account in accounts if not names or account.name in names
    )
    document["sync_rules"] = CommentedSeq(_write_rule(rule) for rule in rules if not names or rule.name in names)
    if document["accounts"]:
        document.yaml_set_start_comment(_("Secrets are left out: set these environment variables before applying."))
    return _dump(document)


def _dump(document: CommentedMap) -> str:
    yaml = YAML(typ="rt", pure=True)
    yaml.allow_unicode = True
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _check_names(names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            message = _("no account or rule is called '%(name)s'%(hint)s")
            raise UnknownNameError(message % {"name": name, "hint": hint(name, known)})


def _name_variables(accounts: Sequence[ConnectedAccount]) -> dict[str, dict[str, str]]:
    """A variable for each secret, numbered from the provider's second account on."""
    counts: Counter[str] = Counter()
    variables = {}
    for account in accounts:
        counts[account.provider] += 1
        number = counts[account.provider]
        suffix = f"_{number}" if number > 1 else ""
        variables[account.name] = {
            field.name: _name_variable(account.provider, field.name) + suffix
            for field in PROVIDERS[account.provider].credential_fields
        }
    return variables


def _name_variable(provider: str, field: str) -> str:
    return _VARIABLES.get((provider, field), f"{provider}_{field}".upper())


def _write_account(account: ConnectedAccount, variables: dict[str, str]) -> CommentedMap:
    credentials = CommentedMap({field: _flow(env=variable) for field, variable in variables.items()})
    credentials.fa.set_flow_style()
    written = CommentedMap(name=account.name, provider=account.provider, credentials=credentials)
    if account.requests_per_10_seconds is not None:
        written["requests_per_10_seconds"] = account.requests_per_10_seconds
    return written


def _write_rule(rule: RuleDefinition) -> CommentedMap:
    return CommentedMap(
        name=rule.name,
        sansan=rule.sansan,
        hubspot=rule.hubspot,
        direction=rule.direction,
        enabled=rule.enabled,
        interval_minutes=rule.interval_minutes,
        overlap_minutes=rule.overlap_minutes,
        tags=CommentedMap(
            sync="all" if rule.sync_all_tags else _write_tags(rule.tags),
            only_with_these=rule.only_with_these_tags,
        ),
        only_with_email=rule.only_with_email,
        matching=_flow_list(rule.matching),
        conflict=rule.conflict,
        filters=_write_filters(rule.filter_match, rule.filters),
        hubspot_filters=_write_filters(rule.hubspot_filter_match, rule.hubspot_filters),
        mappings="default" if rule.mappings == define_default_mappings() else _write_mappings(rule.mappings),
    )


def _write_tags(tags: tuple[TagDefinition, ...]) -> CommentedSeq:
    """Names; where two selected tags share one, each with its id."""
    counts = Counter(tag.name for tag in tags)
    return _flow_list([tag.name if counts[tag.name] == 1 else _flow(id=tag.tag_id, name=tag.name) for tag in tags])


def _write_filters(match: str, filters: tuple[FilterDefinition, ...]) -> CommentedMap:
    conditions = [
        _flow(
            field=condition.field,
            operator=condition.operator,
            **({} if condition.value is None else {"value": condition.value}),
        )
        for condition in filters
    ]
    return CommentedMap(match=match, conditions=CommentedSeq(conditions))


def _write_mappings(mappings: tuple[MappingDefinition, ...]) -> CommentedSeq:
    return CommentedSeq(_write_mapping(mapping) for mapping in mappings)


def _write_mapping(mapping: MappingDefinition) -> CommentedMap:
    """Only what differs from the defaults, so that a list of mappings stays readable."""
    written: dict[str, Any] = {"sansan": mapping.sansan} if mapping.sansan else {}
    written["hubspot"] = mapping.hubspot
    if mapping.transform:
        only = mapping.transform[0] if len(mapping.transform) == 1 else mapping.transform
        written["transform"] = only
    if mapping.write != "always":
        written["write"] = mapping.write
    if mapping.direction != "sansan_to_hubspot":
        written["direction"] = mapping.direction
    if not mapping.enabled:
        written["enabled"] = False
    return _flow(**written)


def _flow(**values: Any) -> CommentedMap:
    written = CommentedMap(values)
    written.fa.set_flow_style()
    return written


def _flow_list(values: Sequence[Any]) -> CommentedSeq:
    written = CommentedSeq(values)
    written.fa.set_flow_style()
    return written
