"""Verbs that state something about goods or containers without moving mass, or only residues."""

from ledger.rules.accounts import Holding
from ledger.rules.draft import Draft, stop
from ledger.rules.tolerance import absorb
from ledger.rules.verbs.stock import known_lines


def container_items(draft: Draft) -> list[dict[str, object]]:
    """The items of the containers section."""
    items = draft.content("containers").get("items", [])
    assert isinstance(items, list)
    return [dict(item) for item in items if isinstance(item, dict)]


def vessels_of(draft: Draft) -> list[str]:
    """The known containers that the containers section names."""
    ids = [str(item["container"]) for item in container_items(draft)]
    draft.state.require(ids)
    for place, vessel in enumerate(ids):
        if draft.state.container(vessel) is None:
            raise stop("unknown_container", f"/sections/containers/items/{place}/container", container=vessel)
    draft.chains.update(ids)
    return ids


def batches_of(draft: Draft) -> list[str]:
    """The known batches that the product section names."""
    stated = draft.content("product").get("batches", [])
    assert isinstance(stated, list)
    ids = [str(item) for item in stated]
    draft.state.require(ids)
    for place, batch in enumerate(ids):
        if draft.state.batch(batch) is None:
            raise stop("unknown_batch", f"/sections/product/batches/{place}", batch=batch)
    draft.chains.update(ids)
    return ids


def quality_tested(draft: Draft) -> None:
    """A test of batches; a failed one is a finding, the goods are quarantined by their own event."""
    for batch in batches_of(draft):
        if draft.content("condition").get("result") == "fail":
            draft.note(batch, "quality@1", {"result": "fail"})


def inspected(draft: Draft) -> None:
    """An inspection of a site, of containers or of stock."""
    if "inputs" in draft.event.contents:
        known_lines(draft, place=draft.place())
    vessels_of(draft)
    site = draft.content("place").get("site")
    if site is not None:
        draft.chains.add(str(site))
    if not draft.chains:
        raise stop("nothing_named", "/sections")


def emptied(draft: Draft) -> None:
    """A container is empty: what the books still have in it is variance within tolerance, else lost."""
    for place, vessel in enumerate(vessels_of(draft)):
        known = draft.state.container(vessel)
        assert known is not None
        for batch, mg in known.contents.items():
            holding = _only_holding(draft, vessel, batch, place)
            if draft.state.balance(holding) != mg:
                raise stop("container_shared", f"/sections/containers/items/{place}", container=vessel)
            absorb(draft, holding, mg, 0, f"/sections/containers/items/{place}")


def _only_holding(draft: Draft, vessel: str, batch: str, place: int) -> Holding:
    here = draft.place()
    if here is None:
        raise stop("place_missing", f"/sections/containers/items/{place}")
    return Holding(batch, draft.actor, draft.actor, here, vessel, "free")


def cleaned(draft: Draft) -> None:
    """A container is cleaned; it has to be empty by the books."""
    for place, vessel in enumerate(vessels_of(draft)):
        known = draft.state.container(vessel)
        assert known is not None
        if known.contents:
            raise stop("container_not_empty", f"/sections/containers/items/{place}/container", container=vessel)


def filed(draft: Draft) -> None:
    """A filing with an authority, of what the refs name."""
    draft.chains.add(draft.actor)


def waste_manifested(draft: Draft) -> None:
    """A waste manifest covers holdings already declared waste."""
    lines = known_lines(draft, place=draft.place())
    for line in lines:
        if line.content.get("status", "waste") != "waste":
            raise stop("status_wrong", line.field + "/status", required="waste")


def incident(draft: Draft) -> None:
    """An incident at a place, with goods or containers; mass that is gone is stated by its own event."""
    if "inputs" in draft.event.contents:
        known_lines(draft, place=draft.place())
    vessels_of(draft)
    for section, name in (("place", "site"), ("transport", "shipment")):
        named = draft.content(section).get(name)
        if named is not None:
            draft.chains.add(str(named))
    chains = sorted(draft.chains) or [draft.actor]
    draft.chains.update(chains)
    for chain in chains:
        draft.note(chain, "incident@1", {})
