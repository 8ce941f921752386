"""The statements that fill the tables of many rows. Everything follows from the number of its card, by way of a hash
where it shall look like chance.
"""
# ruff: noqa: S608  # The statements are put together from constants and whole numbers.

FAMILY_FIRST = "佐鈴高田渡伊山中小加吉松井木林清斎森阿池橋石前藤岡長近村後遠青坂福太西三原金和竹今上内関菊久川"
FAMILY_SECOND = "藤木橋田辺東山中本口村井川原野沢島崎上下内谷部林森瀬岸浦尾見津塚"
GIVEN = "太郎 花子 一郎 健太 美咲 陽菜 翔 大輔 直樹 由美 恵子 誠 洋子 真由美 拓也 彩 亮 和子 健 智子"
FAILURES = ("INVALID_EMAIL", "EMAIL_IN_USE", "UNKNOWN_OPTION", "VALUE_TOO_LONG", "BLOCKED_EMAIL", "NOT_APPLIED")
EXCLUSIONS = ("NO_EMAIL", "DUPLICATE_EMAIL", "TAG_NOT_SELECTED", "FILTERED", "CARD_VANISHED")


def throw(seed: str) -> str:
    """A number from 0 to 1."""
    return f"((hashint8({seed}) & 1048575) / 1048576.0)"


def choose(options: tuple[str, ...], seed: str) -> str:
    """One of the options, the first ones by far the most often."""
    quoted = ", ".join(f"'{option}'" for option in options)
    return f"(ARRAY[{quoted}])[1 + floor(power({throw(seed)}, 2) * {len(options)})::int]"


def choose_character(characters: str, seed: str) -> str:
    return f"substr('{characters}', 1 + floor(power({throw(seed)}, 1.5) * {len(characters)})::int, 1)"


CARD_ID = "upper(md5(card::text))"
CONTACT_ID = "(70000000000 + card * 3)::text"
EMAIL = "'u' || card || '@sample' || card % 9973 || '.example'"
NAME = f"""
    CASE WHEN card % 31 = 7 THEN 'Sample' || card % 5000 || ' ' || initcap(substr(md5(card::text), 1, 5))
    ELSE {choose_character(FAMILY_FIRST, "card")} || {choose_character(FAMILY_SECOND, "card + 7")} || ' '
        || (string_to_array('{GIVEN}', ' '))[1 + card % {len(GIVEN.split())}]
    END
"""
FIELDS = {
    "email": EMAIL,
    "lastname": "split_part(name, ' ', 1)",
    "company": "'株式会社サンプル' || card % 9973",
    "jobtitle": "'課長'",
    "phone": "'+81 3-0000-' || lpad((card % 9999)::text, 4, '0')",
    "city": "'千代田区'",
    "address": "'丸の内' || card % 9 || '丁目'",
}
VALUES = ", ".join(f"'{name}', {value}" for name, value in FIELDS.items())
FIRST_VALUES = ", ".join(f"'{name}', jsonb_build_array('', {value})" for name, value in FIELDS.items())
NOTHING = "'{}'::jsonb"
DETAIL = f"""
    CASE reason WHEN '' THEN {NOTHING} ELSE jsonb_build_object(
        'value', 'a@@b.example', 'property', 'email', 'email', 'a@b.example', 'winner', 'C1', 'winner_name', '見本'
    ) END
"""


def fill_places(table: str, owner: str, owner_id: int, first: int, cards: int) -> str:
    """Where so many cards stand, from the number `first` on: most in sync, some excluded, few failing."""
    # OFFSET 0 keeps PostgreSQL from working out names and reasons again wherever they are used.
    return f"""
    INSERT INTO {table} (
        {owner}, sansan_id, hubspot_id, state, reason_code, reason_detail, name, email, eligible, exchange_date,
        card_updated_at, winner_id, person_id, content_hash, failed_hash, synced_values, seen_outcome, needs_revisit,
        last_synced_at{", created_at" if owner == "rule_id" else ""}
    )
    SELECT
        {owner_id}, {CARD_ID}, CASE WHEN state = 'in_sync' OR state = 'failing' AND card % 2 = 0 THEN {CONTACT_ID}
        ELSE '' END, state, reason, {DETAIL}, name, CASE reason WHEN 'NO_EMAIL' THEN '' ELSE {EMAIL} END,
        state = 'in_sync', date '2024-01-01' + (card % 700)::int,
        now(), CASE reason WHEN 'DUPLICATE_EMAIL' THEN upper(md5((card + 1)::text)) ELSE '' END,
        md5((card / 2)::text), CASE state WHEN 'in_sync' THEN md5(name) ELSE '' END,
        CASE state WHEN 'failing' THEN md5(name) ELSE '' END,
        CASE state WHEN 'in_sync' THEN jsonb_build_object({VALUES}) ELSE {NOTHING} END, '', false,
        now(){", now()" if owner == "rule_id" else ""}
    FROM (
        SELECT *, CASE state WHEN 'excluded' THEN {choose(EXCLUSIONS, "card + 13")}
            WHEN 'failing' THEN {choose(FAILURES, "card + 13")} ELSE '' END AS reason
        FROM (
            SELECT card, {NAME} AS name, CASE WHEN {throw("card + 5")} < 0.9 THEN 'in_sync'
                WHEN {throw("card + 5")} < 0.98 THEN 'excluded' ELSE 'failing' END AS state
            FROM generate_series({first}::bigint, {first + cards - 1}) AS card
        ) AS known
        OFFSET 0
    ) AS places
    """


# The runs that the rows are of, with the cards of their rules and the share of rows that tell of failures.
RUNS = """
CREATE TEMPORARY TABLE bench_runs (
    run_id bigint, rule_id bigint, started_at timestamptz, size bigint, first bigint, cards bigint, is_initial boolean,
    fails float
)
"""
# Initial runs go through the cards and create contacts, later ones update one card here and one there.
LOGS = f"""
INSERT INTO sync_recordlog (
    run_id, rule_id, sansan_id, hubspot_id, name, action, superseded, changes, reason_code, reason_detail,
    correlation_id, created_at
)
SELECT
    run_id, rule_id, {CARD_ID}, CASE WHEN action IN ('create', 'update') THEN {CONTACT_ID} ELSE '' END, name, action,
    false, CASE action WHEN 'create' THEN jsonb_build_object({FIRST_VALUES})
        WHEN 'update' THEN jsonb_build_object('jobtitle', jsonb_build_array('係長', '課長')) ELSE {NOTHING} END,
    reason, {DETAIL}, CASE action WHEN 'fail' THEN md5(n::text) ELSE '' END, started_at + n * interval '1 millisecond'
FROM (
    SELECT *, {NAME} AS name, CASE action WHEN 'fail' THEN {choose(FAILURES, "n + 3")}
        WHEN 'exclude' THEN {choose(EXCLUSIONS, "n + 3")} ELSE '' END AS reason
    FROM (
        SELECT
            *, first + CASE WHEN is_initial THEN n ELSE abs(hashint8(n + run_id * 7919)) END % cards AS card,
            CASE WHEN chance < fails THEN 'fail' WHEN chance < fails + 0.05 THEN 'exclude'
                WHEN chance < CASE WHEN is_initial THEN 0.9 ELSE 0.13 END THEN 'create' ELSE 'update' END AS action
        FROM (
            SELECT *, {throw("n * 31 + run_id")} AS chance
            FROM bench_runs CROSS JOIN LATERAL generate_series(0, size - 1) AS n
            ORDER BY run_id, n
            OFFSET 0
        ) AS numbers
    ) AS known
    OFFSET 0
) AS rows
"""
COUNTS = """
UPDATE sync_syncrun SET
    created = done.created, updated = done.updated, excluded = done.excluded, failed = done.failed,
    unchanged = 5 * done.total, seen = 6 * done.total
FROM (
    SELECT
        run_id, count(*) AS total, count(*) FILTER (WHERE action = 'create') AS created,
        count(*) FILTER (WHERE action = 'update') AS updated, count(*) FILTER (WHERE action = 'exclude') AS excluded,
        count(*) FILTER (WHERE action = 'fail') AS failed
    FROM sync_recordlog GROUP BY run_id
) AS done
WHERE id = done.run_id
"""
# As the deletion of a rule leaves it.
ORPHANS = """
UPDATE sync_recordlog SET rule_id = NULL FROM sync_syncrun AS run WHERE run.id = run_id AND run.rule_id IS NULL
"""
