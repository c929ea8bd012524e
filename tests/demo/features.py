"""What the sample world promises to show, each as a question to the whole story."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.demo.statement import Statement

BORN = ("batch_produced", "batch_blended", "batch_transformed", "opening_declared", "imported")
Story = Sequence[Statement]


def verb(item: Statement) -> str:
    return item.type.partition(".")[2]


def lines(item: Statement, section: str) -> list[dict[str, Any]]:
    stated = item.sections.get(section, {}).get("lines", [])
    assert isinstance(stated, list)
    return [line for line in stated if isinstance(line, dict)]


def batches(item: Statement, section: str) -> set[str]:
    return {str(line["batch"]) for line in lines(item, section)}


def makes_a_batch(item: Statement) -> bool:
    """Whether it founds a batch: by its verb, or by filling a vessel that is not empty."""
    return verb(item) in BORN or bool(heel_of(item))


def born(story: Story) -> set[str]:
    return set().union(*(batches(item, "outputs") for item in story if makes_a_batch(item)))


def heel_of(item: Statement) -> set[str]:
    """The batches that were in the vessel when more was poured in; none where it was empty."""
    into = {line.get("container") for line in lines(item, "outputs")}
    there = {str(line["batch"]) for line in lines(item, "inputs") if line.get("container") in into}
    return there if verb(item) == "filled" and batches(item, "outputs") - batches(item, "inputs") else set()


def stated(kind: str, **sections: object) -> Callable[[Story], bool]:
    """Whether something of a type (or of a verb, in any stage) was stated, with these sections."""

    def found(story: Story) -> bool:
        return any(kind in (item.type, verb(item)) and sections.keys() <= item.sections.keys() for item in story)

    return found


def filled(vessel: str) -> Callable[[Story], bool]:
    def found(story: Story) -> bool:
        kinds = {
            str(item["container"]): item["kind"]
            for made in story
            if made.type == "governance.container_registered"
            for item in made.sections["containers"]["items"]  # type: ignore[union-attr]
            if isinstance(item, dict)
        }
        packed = [item for item in story if verb(item) in ("packed", "filled")]
        return any(kinds[str(line["container"])] == vessel for item in packed for line in lines(item, "outputs"))

    return found


def refilled(story: Story) -> bool:
    """A cylinder is filled with two batches, one after the other."""
    fills = {
        (line["container"], line["batch"])
        for item in story
        for line in lines(item, "outputs")
        if verb(item) == "packed"
    }
    return max(Counter(vessel for vessel, _ in fills).values()) >= 2


def heels_in_a_row(story: Story) -> bool:
    """A tank in which the heel of a blend is blended again, three deliveries one after the other."""
    depth: dict[str, int] = {}
    for item in story:
        for heel in heel_of(item):
            depth.update(dict.fromkeys(batches(item, "outputs"), depth.get(heel, 0) + 1))
    return max(depth.values()) >= 3


def partial_use(story: Story) -> bool:
    uses = Counter(
        line.get("container") for item in story if verb(item) == "consumed" for line in lines(item, "inputs")
    )
    return uses.most_common(1)[0][1] >= 2


def untracked_air_and_water(story: Story) -> bool:
    names = {
        str(part["name"])
        for item in story
        if verb(item) == "batch_transformed"
        for part in item.sections["inputs"].get("untracked", [])  # type: ignore[union-attr]
        if isinstance(part, dict)
    }
    return {"air", "water"} <= names


def counted_difference(*, short: bool) -> Callable[[Story], bool]:
    """A receipt on which what was weighed is below (or above) what was booked."""

    def found(story: Story) -> bool:
        received = [line for item in story if verb(item) == "received" for line in lines(item, "inputs")]
        gaps = [float(line["booked"]) - float(line["amount"]) for line in received if "booked" in line]
        return any((gap > 0) == short and gap for gap in gaps)

    return found


def sale_without_handover(story: Story) -> bool:
    """What is sold stays with a third party that keeps it."""
    sold = [(item, line) for item in story if item.type == "operation.sold" for line in lines(item, "inputs")]
    return any(line["custodian"] not in (item.actor, item.sections["parties"]["buyer"]) for item, line in sold)


def late_report(story: Story) -> bool:
    day = 86_400_000
    return any(item.mode == "report" and item.recorded_ms - item.occurred_ms > day for item in story)


def correction_after_the_batch_moved_on(story: Story) -> bool:
    corrected = [item for item in story if verb(item) == "event_corrected" and item.voids is not None]
    later = {
        item.id
        for item in corrected
        for other in story
        if item.voids is not None
        and item.voids.recorded_ms < other.recorded_ms < item.recorded_ms
        and other.actor != item.actor
        and batches(other, "inputs") & batches(item.voids, "outputs")
    }
    return bool(later)


def loss(kind: str) -> Callable[[Story], bool]:
    def found(story: Story) -> bool:
        lost = [item.sections["reason"] for item in story if verb(item) == "loss_or_theft_reported"]
        return any(reason.get("kind") == kind and reason["text"] for reason in lost)

    return found


FEATURES: Mapping[str, Callable[[Story], bool]] = {
    "filling of drums": filled("drum"),
    "filling of refillable cylinders": filled("cylinder"),
    "cylinders filled again": refilled,
    "a tank with heels": heels_in_a_row,
    "partial use": partial_use,
    "repacking": stated("storage.repacked"),
    "a blend": stated("production.batch_blended"),
    "a reaction with air and water": untracked_air_and_water,
    "a sale without a handover": sale_without_handover,
    "a late report": late_report,
    "a loss with a reason": loss("loss"),
    "a theft with a reason": loss("theft"),
    "a found drum": stated("received_without_order", reason=None),
    "an incident": stated("incident_reported"),
    "a spill": stated("released_to_environment"),
    "a recall": stated("governance.recall_ordered"),
    "a recall acknowledged": stated("governance.recall_acknowledged"),
    "a hold": stated("governance.hold_placed"),
    "a hold released": stated("governance.hold_released"),
    "a correction after the batch has moved on": correction_after_the_batch_moved_on,
    "opening stock": stated("storage.opening_declared", documents=None),
    "an import": stated("operation.imported", documents=None),
    "an export": stated("operation.exported", documents=None),
    "less received than booked": counted_difference(short=True),
    "more received than booked": counted_difference(short=False),
    "a voided label": stated("production.label_voided"),
    "disposal": stated("disposal.disposed"),
}
