"""``evidence``: a batch, a transfer, a site's day or a region's period, as one file that verifies offline."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypedDict, Unpack

import click
from rich.console import Console
from rich.progress import Progress as Bars

from api.figures import parse_offset
from ledger.bootstrap import index_signing, reader
from ledger.cli.places import located, settings_of
from ledger.core.proof import Subject
from ledger.services.proofs import Order

DAY: Final = click.DateTime(["%Y-%m-%d"])
ONE_OF: Final = "Give one of: BATCH, --transfer, --site with --day, --region with --from and --to."


class Asked(TypedDict):
    """What the evidence is to be about, as the options say it."""

    batch: str | None
    transfer: str | None
    site: str | None
    day: dt.datetime | None
    region: str | None
    since: dt.datetime | None
    until: dt.datetime | None


@click.command()
@located
@click.argument("batch", required=False)
@click.option("--transfer", metavar="REF", help="A transfer, with the chains of its shipments and batches.")
@click.option("--site", metavar="REF", help="All that was recorded at a site in --day.")
@click.option("--day", type=DAY, help="A local day, such as 2026-11-22.")
@click.option("--region", metavar="CODE", help="All that was recorded in a region (GB/T 2260, 2 to 6 digits).")
@click.option("--from", "since", type=DAY, help="First local day of a region's period.")
@click.option("--to", "until", type=DAY, help="Last local day of a region's period.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
def evidence(*, data: Path | None, database: str | None, output: Path, **asked: Unpack[Asked]) -> None:
    """Write what proves a BATCH, a transfer, a site's day or a region's period, to a file that verifies offline.

    Days are those of the setting `utc_offset`. A reference may be given as a bare UUID.
    """
    settings = settings_of(data, database)
    subject = _subject(asked, parse_offset(settings.utc_offset))
    with reader(settings) as ledger:
        if subject is None:
            output.write_bytes(ledger.evidence(_ref("batch", asked["batch"] or "")))
        else:
            service = ledger.proofs
            order = Order(subject, service.chains(subject))
            with Bars(console=Console(stderr=True), transient=True) as bars:
                task = bars.add_task("evidence", total=len(order.chains))
                sign = index_signing(settings, ledger)
                lines = service.write(
                    ledger.origin, order, sign=sign, progress=lambda done, _: bars.update(task, completed=done)
                )
                _write(output, lines)
    click.echo(f"{output}: {output.stat().st_size:,} bytes")


def _subject(asked: Asked, zone: dt.timezone) -> Subject | None:
    """Return what is asked for, None for a batch. UsageError: options that do not go together."""
    transfer, site, day, region = asked["transfer"], asked["site"], asked["day"], asked["region"]
    since, until = asked["since"], asked["until"]
    given = (transfer is not None, site is not None or day is not None, bool(region or since or until))
    if sum(given) + (asked["batch"] is not None) != 1:
        raise click.UsageError(ONE_OF)
    if transfer is not None:
        return Subject("transfer", _ref("transfer", transfer))
    if site is not None and day is not None:
        return Subject("site", _ref("site", site), *_days(day, day, zone))
    if region is not None and since is not None and until is not None:
        return Subject("region", region, *_days(since, until, zone))
    if asked["batch"] is None:
        raise click.UsageError(ONE_OF)
    return None


def _days(first: dt.datetime, last: dt.datetime, zone: dt.timezone) -> tuple[int, int]:
    """Return the beginning of one local day and the end of another, in epoch milliseconds."""
    start, end = (moment.replace(tzinfo=zone) for moment in (first, last + dt.timedelta(days=1)))
    return int(start.timestamp()) * 1000, int(end.timestamp()) * 1000


def _ref(kind: str, given: str) -> str:
    return given if ":" in given else f"{kind}:{given}"


def _write(output: Path, lines: Iterator[bytes]) -> None:
    """Write line by line; what could not be finished leaves nothing behind."""
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(lines)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
