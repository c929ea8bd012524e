"""What operators ask: is it alive, does it read and write, how busy is it."""

from typing import Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api import openapi
from api.auth import services_of, settings_of
from api.i18n import N_
from api.views import Health
from ledger.errors import NotFoundError

router = APIRouter(tags=["server"])

LOCAL: Final = frozenset({"127.0.0.1", "::1"})
PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz", summary=N_("Is the process alive?"), response_class=PlainTextResponse)
async def healthz() -> PlainTextResponse:
    """Say "ok" as long as the process answers at all."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


def _check(check: Health) -> dict[str, object]:
    detail = None if check.detail is None else {"zh": check.detail.zh, "en": check.detail.en}
    return {"name": check.name, "ok": check.ok, "detail": detail}


@router.get(
    "/readyz",
    summary=N_("Does it read and write?"),
    responses={503: {"description": "Reads or writes do not go on; `checks` says why."}},
)
def readyz(request: Request) -> Response:
    """Answer 200 if reads and writes go on, else 503 with the reason. Reads may go on while writes do not."""
    state = services_of(request).status.readiness()
    body = {
        "ready": state.reads and state.writes,
        "reads": state.reads,
        "writes": state.writes,
        "checks": [_check(check) for check in state.checks],
    }
    status = 200 if state.reads and state.writes else 503
    return Response(orjson.dumps(body), status, {"cache-control": "no-store"}, "application/json")


@router.get(
    "/metrics",
    summary=N_("Metrics in the Prometheus text format"),
    response_class=PlainTextResponse,
    responses={404: openapi.problem("Not for other machines.")},
)
def metrics(request: Request) -> Response:
    """Answer this machine; others only if the setting allows it."""
    client = request.client.host if request.client else ""
    if client not in LOCAL and not settings_of(request).metrics_open:
        raise NotFoundError("page_not_found", None, {"path": "/metrics"})
    body = services_of(request).status.metrics()
    return Response(body, headers={"cache-control": "no-store"}, media_type=PROMETHEUS)
