"""``hazledger label``: labels as files, one code, several, or all containers of a batch."""

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.wiring.known import Known
from api.wiring.labels import code_row, codes_of_batch, label_of
from labels.content import Label
from labels.forms import FORMATS, MANY, Format, Print, languages, render
from labels.layout import SIZES
from ledger.bootstrap import reader
from ledger.cli.places import located, settings_of, written
from ledger.core.ids import check_ref
from ledger.errors import NotFoundError
from ledger.rules.aggregates import BatchState
from ledger.store.rows import CodeRow


@click.command()
@located
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@click.option(
    "--batch", metavar="REF", help="All containers with matter of this batch (its reference, or a bare UUID)."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="pdf",
    show_default=True,
    help="svg and png: a file a label.",
)
@click.option("--size", type=click.Choice(SIZES), default=SIZES[0], show_default=True, help="Millimetres.")
@click.option("--lang", default="zh,en", show_default=True, help="zh, en or both, in their order.")
@click.option("--sheets", is_flag=True, help="PDF on sheets of A4.")
@click.option("--dpi", type=click.Choice(["203", "300", "600"]), help="Dots an inch (png: 300, zpl: 203).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="File; for several svg or png a folder."
)
def label(  # noqa: PLR0913 - an argument for each option
    *,
    data: Path | None,
    database: str | None,
    codes: tuple[str, ...],
    batch: str | None,
    form: Format,
    size: str,
    lang: str,
    sheets: bool,
    dpi: str | None,
    output: Path,
) -> None:
    """Write labels of codes, or of all containers of a batch, as the things are now. Voided codes are refused."""
    if bool(codes) == (batch is not None):
        message = "name codes, or a batch with --batch"
        raise click.UsageError(message)
    settings = settings_of(data, database)
    how = Print(form, size, languages(lang), sheets, None if dpi is None else int(dpi))
    if settings.base_url is None:
        click.echo(f"HAZLEDGER_BASE_URL is not set: the codes lead to {settings.public_url}", err=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        reader(settings) as ledger,
        ledger.store.read() as unit,
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
    ):
        known = Known(unit, ledger.reference, ledger.clock.now_ms())
        rows = [code_row(known, code) for code in codes] if batch is None else _of_batch(known, batch)
        task = progress.add_task("labels", total=len(rows))
        demo = ledger.recorded().demo

        def made() -> Iterator[Label]:
            for row in rows:
                yield label_of(known, row, settings.public_url, demo=demo)
                progress.advance(task)

        write(made(), how, output, many=len(rows) > 1)


def _of_batch(known: Known, named: str) -> list[CodeRow]:
    ref = named if ":" in named else f"batch:{named}"
    check_ref(ref, ("batch",))
    known.must(ref, BatchState)
    rows = codes_of_batch(known, ref, lambda _row: True)
    if not rows:
        raise NotFoundError("batch_without_labels", None, {"batch": known.lot(ref)})
    return rows


def write(labels: Iterator[Label], how: Print, output: Path, *, many: bool) -> None:
    """Write one file, or for several labels in a form that holds but one a file each, named by their codes."""
    if how.format in MANY or not many:
        written(output, render(labels, how))
        return
    output.mkdir(parents=True, exist_ok=True)
    for one in labels:
        written(output / f"{one.code}.{how.format}", render([one], how))
