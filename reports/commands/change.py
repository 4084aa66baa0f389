"""change add, note, list, verdict: the one operational change of the week, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.errors import Code, UserError
from reports.commands.make import Json, print_result, run_refresh

if TYPE_CHECKING:
    from reports.changes import Change, Wish

DAY = ["%Y-%m-%d"]
Day = Annotated[
    datetime | None, typer.Option("--on", metavar="YYYY-MM-DD", formats=DAY, help="First day; default: today.")
]
Account = Annotated[str, typer.Option(help="Whose, where there are several accounts.")]


def add_change(app: typer.Typer) -> None:
    """Put `change` and its commands on the command line."""
    says = "The one change of the week and what came of it."
    group = typer.Typer(name="change", help=says, no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("note")(note)
    group.command("list")(list_changes)
    group.command("verdict")(verdict)
    app.add_typer(group)


def add(
    context: typer.Context,
    change: Annotated[str | None, typer.Argument(help="A change of the seed; default: this week's suggestion.")] = None,
    title: Annotated[str | None, typer.Option(help="What changes, in your words.")] = None,
    metric: Annotated[str | None, typer.Option(help="What it is judged by, such as link_to_booked_14d.")] = None,
    direction: Annotated[str | None, typer.Option(help="up or down.")] = None,
    stage: Annotated[str | None, typer.Option(help="Stage it acts on.")] = None,
    on: Day = None,
    judge_on: Annotated[
        datetime | None,
        typer.Option(metavar="YYYY-MM-DD", formats=DAY, help="Default: four weeks and the days of the measure later."),
    ] = None,
    minimum: Annotated[int | None, typer.Option(help="Smallest number of leads to judge on.")] = None,
    who: Annotated[str | None, typer.Option(help="Who does it.")] = None,
    source: Annotated[str | None, typer.Option(help="Only leads of this source.")] = None,
    account: Account = "default",
    as_json: Json = False,
) -> None:
    """Write down the one change of this week, and how it will be judged, before it starts."""
    from reports.changes import Wish

    days = (on.date() if on else None, judge_on.date() if judge_on else None)
    wish = Wish(change, title, stage, metric, direction, *days, minimum, who, source, account)
    _told(_add(context.obj, wish, date.today()), as_json)


def note(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="offer, ad, setter or ai_rules.")],
    title: Annotated[str, typer.Argument(help="What changed.")],
    on: Day = None,
    account: Account = "default",
    as_json: Json = False,
) -> None:
    """Write down that the ads, the offer, a setter or the AI's rules changed: review sooner, and do not mix it up."""
    from reports import changes

    _check_account(context.obj, account)
    _told(changes.note(context.obj, kind, title, on.date() if on else None, date.today(), account), as_json)


def list_changes(context: typer.Context, as_json: Json = False) -> None:
    """List the changes and notes, oldest first."""
    from reports import changes
    from reports.change_report import log_line

    log = sorted(changes.read_changes(context.obj), key=lambda entry: (entry.on, entry.id))
    if as_json:
        print_result({"changes": [changes.written(entry) for entry in log]})
        return
    print_result("\n".join(log_line(entry) for entry in log) or "No change on record. Try: leakreview change add")


def verdict(
    context: typer.Context,
    change_id: Annotated[str | None, typer.Argument(metavar="ID", help="Default: the last change.")] = None,
    account: Account = "default",
    as_json: Json = False,
) -> None:
    """Say what came of the last change, or of the one named; refreshes first if anything changed."""
    from reports.change_report import verdict_lines, verdicts

    run_refresh(context.obj, None, "duckdb", as_json, allow_sample=True)
    rows = verdicts(context.obj, account, change_id)[-1:]
    if as_json:
        print_result({"verdict": _plain(rows[0]) if rows else None})
        return
    nothing = "No change has begun yet that the exports reach. leakreview change list says which are written down."
    print_result("\n".join(verdict_lines(rows[0])) if rows else nothing)


def _add(home: Path, wish: Wish, today: date) -> Change:
    """The change as it was written down; what is not said comes from this week's suggestion."""
    from dataclasses import replace

    from ingest.seeds import read_seed
    from reports import change_report, changes
    from reports.metrics import METRICS

    _check_account(home, wish.account)
    if wish.change is None and wish.title is None and wish.metric is None:
        found = change_report.suggested(home, wish.account)
        if found is None:
            fix = "Name one, or say --title and --metric; leakreview change add --help"
            raise UserError(Code.E_CALL, "no change is suggested this week", "CHANGE", fix)
        wish = replace(wish, change=found)
    of_seed = {row["change"]: row["metric"] for row in read_seed("operational_changes")}
    metric = wish.metric or of_seed.get(wish.change or "", "")
    is_known = wish.minimum_n is None and metric in METRICS
    flow = change_report.per_week(home, wish.account, metric, wish.source) if is_known else None
    return changes.add(home, wish, today, flow)


def _check_account(home: Path, account: str) -> None:
    from ingest.settings import accounts

    known = [found.account_id for found in accounts(home)] or ["default"]
    if account not in known:
        raise UserError(Code.E_CALL, "there is no such account", "--account", f"Use one of {', '.join(known)}")


def _told(entry: Change, as_json: bool) -> None:
    from reports import changes
    from reports.change_report import log_line
    from reports.metrics import METRICS

    if as_json:
        print_result(changes.written(entry))
        return
    lines = [f"Written down: {log_line(entry)}"]
    if entry.kind == changes.CHANGE:
        metric = METRICS[entry.metric]
        lines.append(f"{metric.words}, meant to go {entry.direction}, on at least {entry.minimum_n} {metric.unit}.")
        lines.append("The weekly review shows the verdict once the exports reach that day.")
    print_result("\n".join(lines))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}
