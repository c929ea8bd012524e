"""Pages of findings: a list that is searched, and each finding with what it rests on and what ends it."""

import asyncio
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import authority_words, deal_words, finding_words, record_words
from api.auth import admit, enter, services_of, viewer
from api.cursors import read_cursor, write_cursor
from api.finding_ports import FindingSearch
from api.v1 import steps
from api.v1.findings import searched
from api.web import forms
from api.web.forms import Form
from api.web.records import kinds_of, open_lists
from api.web.render import page, told_page
from ledger.core.canonical import Json
from ledger.errors import ConflictError, HazledgerError
from ledger.rules.names import RULES
from ledger.rules.standard import SUPERSEDED

router = APIRouter(include_in_schema=False)

LINES: Final = 50
CORRECTION: Final = "governance.correction_requested"
ASSIGNED: Final = "governance.finding_assigned"
SETTLED: Final = "governance.finding_resolved"
FIELDS: Final = ("rule", "severity", "status", "age", "order", "region", "park", "org", "product", "batch", "site")

Searched = Annotated[FindingSearch, Depends(searched)]


@router.get("/findings")
def findings(request: Request, search: Searched, cursor: str | None = None) -> Response:
    """Show what the rules found, searched and in the order that was asked for."""
    reader = enter(request, "finding.read")
    services = services_of(request)
    found = services.findings.listing(reader, search, read_cursor("findings", cursor), LINES)
    given = {name: value for name in FIELDS if (value := request.query_params.get(name, ""))}
    more = None
    if found.next_key is not None:
        more = urlencode({**given, "cursor": write_cursor("findings", found.next_key)})
    watches = bool({"regulator", "park"} & set(reader.roles))
    return page(
        request,
        "findings.html",
        items=found.items,
        more=more,
        given=given,
        named=services.findings.names(reader, search),
        without=lambda name: urlencode({key: value for key, value in given.items() if key != name}),
        finding=finding_words,
        record=record_words,
        rules={name: rule for name, rule in RULES.items() if name not in SUPERSEDED or name == search.wanted.rule},
        watches=watches,
        parks=services.deals.parks(reader) if watches else (),
        lists=open_lists(request, reader),
        kinds=kinds_of(services, reader),
    )


@router.get("/findings/{finding}")
def one(request: Request, finding: str) -> Response:
    """Show one finding."""
    request.state.principal = enter(request, "finding.read")
    return _one(request, finding, Form())


@router.post("/findings/{finding}")
async def settle(request: Request, finding: str) -> Response:
    """Record that a finding is settled, with the reason."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)
    view = await asyncio.to_thread(services_of(request).findings.one, viewer(request), finding)

    async def act(body: dict[str, Json]) -> None:
        if not view.event:
            raise ConflictError("finding_computed", None, {"finding": finding[:80]})
        sections: dict[str, dict[str, Json]] = {
            "finding": {"event": view.event, "rule": view.line.rule, "resolution": form.wanted("reason")},
        }
        await steps.state(request, SETTLED, body, sections)

    wrong = await forms.press(request, form, act)
    if wrong is not None:
        return await asyncio.to_thread(_one, request, finding, form, wrong)
    return RedirectResponse(f"/findings/{finding}?done=settled", 303)


def _one(request: Request, finding: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    view = services_of(request).findings.one(viewer(request), finding)
    authorities, reader = services_of(request).authorities, viewer(request)
    return told_page(
        request,
        "finding.html",
        wrong,
        view=view,
        work=authorities.about(reader, view.event, view.line.rule) if view.event else (),
        may_correct=bool(view.event) and authorities.may_state(reader, CORRECTION),
        may_assign=bool(view.event) and view.line.open and authorities.may_state(reader, ASSIGNED),
        asking=authority_words,
        form=form,
        finding=finding_words,
        deal=deal_words,
        event=forms.new_id(request),
    )
