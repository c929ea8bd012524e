"""Proofs of many chains: of a transfer, of a site's day, of a region's period; hazledger/proof@1, a file of lines."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth import GuardedRoute, acts, settings_of
from api.days import period
from api.figures import day_local
from api.i18n import N_
from api.openapi import problem
from api.v1.common import Ports, Viewer, reference
from ledger.core.proof import Subject

router = APIRouter(prefix="/api/v1", tags=["batches"], route_class=GuardedRoute)

LINES: Final = "application/x-ndjson"
IN_MEMORY: Final = 2**20
CHUNK: Final = 2**16
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {LINES: {}}, "description": "hazledger/proof@1; verifies offline, line by line."}
}
DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
Day = Annotated[str | None, Query(description="A local day; today if left out.", pattern=DATE, examples=["2026-11-22"])]
Since = Annotated[str, Query(alias="from", description="First local day.", pattern=DATE, examples=["2026-11-01"])]
Until = Annotated[str, Query(alias="to", description="Last local day.", pattern=DATE, examples=["2026-11-30"])]
Region = Annotated[
    str, Query(description="GB/T 2260, or how it begins.", pattern=r"^([0-9]{2}){1,3}$", examples=["3101"])
]


@router.get(
    "/transfers/{uuid}/proof",
    summary=N_("Proof of a transfer with its shipments and batches"),
    response_class=Response,
    responses=RESPONSES,
)
@acts("evidence.read")
def transfer(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return the chains of the transfer, of its shipments and of its batches, as much as the caller may see."""
    subject = Subject("transfer", reference("transfer", uuid))
    return proof_file(f"transfer-{uuid}", ports.proofs.lines(viewer, subject))


@router.get(
    "/sites/{uuid}/proof",
    summary=N_("Proof of all that was recorded at a site in a day"),
    response_class=Response,
    responses=RESPONSES,
)
@acts("evidence.read")
def site(request: Request, ports: Ports, viewer: Viewer, uuid: str, day: Day = None) -> Response:
    """Return the records of a local day, the one before it, and what proves that none was left out."""
    zone = settings_of(request).zone
    day = day or day_local(ports.clock.now_ms(), zone)
    bounds = period(day, day, zone, ("/day", "/day"))
    subject = Subject("site", reference("site", uuid), *bounds)
    return proof_file(f"site-{uuid}-{day}", ports.proofs.lines(viewer, subject))


@router.get(
    "/proof",
    summary=N_("Proof of all that was recorded in a region in a period"),
    response_class=Response,
    responses={**RESPONSES, 404: problem("Of no region that the caller is competent for; nothing was recorded.")},
)
@acts("evidence.read")
def region(request: Request, ports: Ports, viewer: Viewer, region: Region, since: Since, until: Until) -> Response:
    """Return every site of a region and what moved there; for regulators that are competent there.

    Anybody else, and of any other region, is answered 404.
    """
    bounds = period(since, until, settings_of(request).zone, ("/from", "/to"))
    subject = Subject("region", region, *bounds)
    return proof_file(f"region-{region}-{since}-{until}", ports.proofs.lines(viewer, subject))


def proof_file(name: str, lines: Iterable[bytes]) -> Response:
    """Return a proof as a file to keep. It is written whole before its first byte goes out: it fails whole, too."""
    spool = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it was sent
    try:
        spool.writelines(lines)
        size = spool.tell()
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'attachment; filename="{name}.proof"',
        "content-length": str(size),
    }
    return StreamingResponse(chunks(spool), 200, headers, LINES)


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in pieces, and close it."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
