"""The plot of a loss: a count that falls short, a leak, a theft, a hold by the authority, and a drum that turns up."""

from ledger.demo.life import DAY, DRUM_KG, Life, line, lines
from ledger.demo.scenes import Load, dispose, pack, pick, produce, put_away, sell, ship, vessels
from ledger.demo.world import MAKERS, STORES

AUTHORITY = "emergency"
BAY = "A-01"


def loss(life: Life) -> None:
    """One drum leaks and is saved in part, one is stolen and found again; every kilogram is accounted for."""
    maker, store = life.dice.one_of(MAKERS), life.dice.one_of(STORES)
    batch = produce(life, maker, pick(life), 4 * DRUM_KG)
    drums = vessels(life, maker, "drum", 4, 250)
    pack(life, maker, batch, drums)
    ship(life, maker, store, Load(maker, batch, drums))
    put_away(life, store, maker, batch, drums, bay=BAY)
    sell(life, maker, store, store, batch, drums, BAY)
    life.say("storage.inspected", store, {"place": life.place(store, BAY)})
    life.wait(3 * DAY, 7 * DAY)
    overpack = _leak(life, store, batch, drums[0])
    _theft(life, store, batch, drums[1])
    life.say(
        "disposal.declared_waste",
        store,
        {"place": life.place(store, BAY), "inputs": lines(line(batch, 185, container=overpack))},
    )
    dispose(life, store, batch, overpack, kilograms=185, location=BAY)


def _leak(life: Life, store: str, batch: str, drum: str) -> str:
    """A drum is short at the count, leaks on, and what is left goes into an overpack: that one's id."""
    bay = life.place(store, BAY)
    life.say("storage.counted", store, {"place": bay, "inputs": lines(line(batch, 188, container=drum))})
    life.say(
        "storage.incident_reported",
        store,
        {"place": bay, "containers": {"items": [{"container": drum}]}, "reason": {"text": "桶底腐蚀，地沟内有渗漏"}},
    )
    spilled = lines(line(batch, 3, container=drum))
    life.say(
        "storage.released_to_environment",
        store,
        {"place": bay, "inputs": spilled, "reason": {"text": "渗漏入收集沟，已用吸附棉处理"}},
    )
    overpack = vessels(life, store, "drum", 1, 300)[0]
    life.say(
        "storage.repacked",
        store,
        {
            "place": bay,
            "inputs": lines(line(batch, 185, container=drum)),
            "outputs": lines(line(batch, 185, container=overpack)),
        },
    )
    life.say("storage.cleaned", store, {"containers": {"items": [{"container": drum}]}, "place": bay})
    return overpack


def _theft(life: Life, store: str, batch: str, drum: str) -> None:
    """A drum is stolen, which is found out late; the authority holds the batch until it has turned up."""
    bay = life.place(store, BAY)
    life.say(
        "storage.loss_or_theft_reported",
        store,
        {
            "place": bay,
            "inputs": lines(line(batch, DRUM_KG, container=drum)),
            "reason": {"text": "夜间库门锁被撬，少一桶", "kind": "theft"},
            "documents": {"items": [{"kind": "police_report", "number": f"PR-{life.number:05d}"}]},
        },
        late=2 * DAY,
    )
    life.say("governance.hold_placed", AUTHORITY, {"product": {"batches": [batch]}, "reason": {"text": "失窃调查"}})
    life.say(
        "operation.filed_with_authority",
        store,
        {"documents": {"items": [{"kind": "theft_report", "number": f"TR-{life.number:05d}"}]}},
    )
    life.wait(5 * DAY, 9 * DAY)
    life.say(
        "storage.received_without_order",
        store,
        {
            "reason": {"text": "公安机关追回，桶盖密封破损", "kind": "found"},
            "place": bay,
            "outputs": lines(line(batch, 196, container=drum)),
        },
    )
    life.say("storage.quarantined", store, {"place": bay, "inputs": lines(line(batch, 196, container=drum))})
    life.say("production.quality_tested", store, {"product": {"batches": [batch]}, "condition": {"result": "pass"}})
    returned = lines(line(batch, 196, container=drum, status="quarantine"))
    life.say("storage.released", store, {"place": bay, "inputs": returned})
    life.say("governance.hold_released", AUTHORITY, {"product": {"batches": [batch]}, "reason": {"text": "已追回"}})
