"""What the page before this one recorded, and whether somebody signed it or the ledger attests it."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from api.auth import services_of
from api.views import Principal
from ledger.core.canonical import parse
from ledger.core.ids import check_uuid7
from ledger.core.shape import list_at, object_at
from ledger.errors import FormatError, NotFoundError

MOST_SIGNERS: Final = 64


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was just recorded: the id of the event, which names its receipt, and how many keys signed it."""

    id: str
    signers: int


def recorded_of(request: Request, reader: Principal) -> Recorded | None:
    """Return what a form led here from; None if the page is only looked at, or the event is not the reader's."""
    if "done" not in request.query_params:
        return None
    try:
        name = check_uuid7(request.query_params.get("event", ""))
        header = object_at(object_at(parse(services_of(request).intake.receipt(reader, name))).get("header", {}))
        return Recorded(name, len(list_at(header.get("keys", []), MOST_SIGNERS)))
    except (FormatError, NotFoundError):
        return None
