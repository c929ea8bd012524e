"""The application: ports and settings in, an ASGI application out. Nothing is read from the environment here."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any, Final

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api import answers, logfiles, openapi, system
from api.direct import Direct
from api.limits import Limits
from api.ports import Services
from api.rates import Rates
from api.settings import ApiSettings
from api.shield import Shield
from api.v1 import (
    audits,
    authorities,
    badges,
    batches,
    drafts,
    events,
    exports,
    filings,
    findings,
    heads,
    imports,
    incidents,
    labels,
    links,
    overview,
    papers,
    pins,
    proofs,
    recalls,
    registry,
    scans,
    shipments,
    stream,
    token,
    tracing,
    transfers,
    webhooks,
)
from api.web import (
    account,
    compliance,
    deal_lists,
    deals,
    drafts_several,
    drivers,
    entry,
    gs1,
    keys,
    pages,
    people,
    receipts,
    records,
    register,
    requests,
    scan_findings,
    several,
    stock_steps,
    supervision,
)
from api.web import audits as audit_pages
from api.web import drafts as draft_pages
from api.web import findings as finding_pages
from api.web import imports as import_pages
from api.web import incidents as incident_pages
from api.web import labels as label_pages
from api.web import overview as overview_pages
from api.web import papers as paper_pages
from api.web import proofs as proof_pages
from api.web import recalls as recall_pages
from api.web import scan as scan_pages
from api.web import tracing as tracing_pages
from api.web import witnesses as witness_pages

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

GARBAGE: Final = (50_000, 20, 50)
"""Thresholds of the collector: a request leaves next to no cycles, and the default looks after every 700 objects."""

ROUTERS: Final = (
    events.router,
    heads.router,
    batches.router,
    tracing.router,
    recalls.router,
    registry.router,
    overview.router,
    exports.router,
    findings.router,
    imports.router,
    labels.router,
    transfers.router,
    links.router,
    drafts.router,
    proofs.router,
    shipments.router,
    papers.router,
    filings.router,
    authorities.router,
    scans.router,
    badges.router,
    stream.router,
    webhooks.router,
    token.router,
    audits.router,
    incidents.router,
    incidents.opening,
    pages.codes,
    deals.codes,
    logfiles.router,
    witness_pages.router,
    witness_pages.forms,
    pins.router,
    system.router,
    drivers.router,
    deal_lists.router,
    paper_pages.router,
    several.router,
    deals.router,
    receipts.router,
    entry.router,
    account.router,
    people.router,
    import_pages.router,
    scan_pages.router,
    scan_findings.router,
    compliance.router,
    requests.router,
    supervision.router,
    keys.router,
    drafts_several.router,
    draft_pages.router,
    gs1.router,
    stock_steps.router,
    register.router,
    records.router,
    overview_pages.router,
    finding_pages.router,
    label_pages.router,
    audit_pages.router,
    incident_pages.router,
    tracing_pages.router,
    proof_pages.router,
    recall_pages.router,
    pages.router,
)


@asynccontextmanager
async def _calm(_app: FastAPI) -> AsyncIterator[None]:
    """Keep what was loaded at the start out of the garbage collector's way, and let it look less often."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def create_app(services: Services, settings: ApiSettings, lifespan: Lifespan = _calm) -> FastAPI:
    """Return the application over these ports.

    `lifespan`: what starts and ends with the server; the composition root passes its own to start the writer
    and to drain it. ValueError: a setting is not of its form.
    """
    assert settings.zone is not None
    app = FastAPI(
        title=openapi.TITLE,
        version=settings.version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        # This server tells of itself by /metrics and its log; else the framework looks for listeners at every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.services = services
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router)
    _describe(app, services, settings)
    answers.install(app)
    app.add_middleware(Direct, routes=events.router.routes, answer=answers.answer)
    app.add_middleware(Limits, settings=settings, answer=answers.answer)
    app.add_middleware(Rates, settings=settings, clock=services.clock, answer=answers.answer)
    app.add_middleware(Shield, settings=settings, answer=answers.answer)
    return app


def _describe(app: FastAPI, services: Services, settings: ApiSettings) -> None:
    """Describe the application when somebody first asks: making that takes longer than all else here."""

    @cache
    def described() -> dict[str, Any]:
        return openapi.describe(app, settings.version, settings.base_url, services.schemas)

    @cache
    def body() -> bytes:
        return orjson.dumps(described())

    async def description(_request: Request) -> Response:
        made = await asyncio.to_thread(body)
        return Response(made, headers={"cache-control": "public, max-age=300"}, media_type="application/json")

    app.state.described = described
    app.add_route("/openapi.json", description, include_in_schema=False)
