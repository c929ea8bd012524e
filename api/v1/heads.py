"""The heads of all chains, published on demand: what makes evidence complete as of now."""

from fastapi import APIRouter
from starlette.requests import Request

from api.auth import GuardedRoute, acts, services_of
from api.i18n import N_
from api.views import PublishedHeads

router = APIRouter(prefix="/api/v1", tags=["log"], route_class=GuardedRoute)


@router.post("/heads", summary=N_("Publish the heads of all chains now"))
@acts("heads.publish")
async def publish(request: Request) -> PublishedHeads:
    """Publish the heads of all chains, so that evidence asked for afterwards is complete as of this moment.

    The newest ones are answered where nothing was recorded since. At most once every few seconds for all callers
    together: 429 says when again.
    """
    return await services_of(request).intake.publish_heads()
