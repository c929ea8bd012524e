"""What a store must do with notices: whom records concern, webhooks, deliveries."""

from ledger.store.rows import AttachmentRow, DealRow, DeliveryRow, ReadRow, WebhookRow
from ledger.store.unit_of_work import Store
from tests.store.sample import INCIDENT, ORG, OTHER, PAPER, STEP_LINK

HOOK = WebhookRow(ORG, "w1", "https://erp.example.cn/", "", "", 0, 1, None, -1)


class StepLinkContract:
    """A link counts wrong PINs down, whoever asks at once, and is gone when none is left or its time is over."""

    def test_attempts_are_claimed_one_by_one_until_none_is_left(self, store: Store) -> None:
        with store.write() as unit:
            unit.step_links.add(STEP_LINK._replace(attempts_left=2))
            assert [unit.step_links.claim(STEP_LINK.hash, at_ms=5) for _ in range(3)] == [True, True, False]
            assert unit.step_links.one(STEP_LINK.hash, at_ms=5) is None
            unit.step_links.restore(STEP_LINK.hash, 5)
            unit.step_links.finish(STEP_LINK.hash, "accept=e1")
        with store.read() as unit:
            assert unit.step_links.one(STEP_LINK.hash, at_ms=5) == STEP_LINK._replace(done="accept=e1")
            assert unit.step_links.one(STEP_LINK.hash, at_ms=STEP_LINK.expires_at_ms) is None


class IncidentContract:
    """An incident code is good until it is over or ended by its own organisation; its uses are found by it."""

    def test_a_code_is_good_until_it_is_over_or_ended(self, store: Store) -> None:
        with store.write() as unit:
            unit.incidents.add(INCIDENT)
            unit.sessions.add_read(ReadRow(ORG, "r2", 9, "", INCIDENT.id, "incident.read", "/Q/1", "crew 3"))
            unit.sessions.add_read(ReadRow(ORG, "r3", 9, "", "other", "incident.read", "/Q/1", "crew 3"))
        with store.read() as unit:
            assert unit.incidents.good(INCIDENT.hash, at_ms=5) == INCIDENT
            assert unit.incidents.good(INCIDENT.hash, at_ms=INCIDENT.expires_at_ms) is None
            assert unit.incidents.good_of(ORG, at_ms=5, limit=9) == [INCIDENT]
            assert unit.incidents.good_of(OTHER, at_ms=5, limit=9) == []
            assert [row.id for row in unit.sessions.reads_by(ORG, INCIDENT.id)] == ["r2"]
        with store.write() as unit:
            assert not unit.incidents.end(OTHER, INCIDENT.id, at_ms=6)
            assert unit.incidents.end(ORG, INCIDENT.id, at_ms=6)
            assert not unit.incidents.end(ORG, INCIDENT.id, at_ms=7)
            assert unit.incidents.good(INCIDENT.hash, at_ms=6) is None
            assert unit.incidents.of(ORG, limit=9) == [INCIDENT._replace(ended_at_ms=6)]


class NoticesContract:
    """Notices are found by organisation, deliveries by when they are due."""

    def test_concerns_are_read_in_the_order_of_the_log(self, store: Store) -> None:
        with store.write() as unit:
            unit.projections.add_concerns([(ORG, 3), (OTHER, 3), (ORG, 7), (ORG, 5)])
        with store.read() as unit:
            assert unit.queries.concerns(ORG) == [3, 5, 7]
            assert unit.queries.concerns(ORG, after=3, limit=1) == [5]
            assert unit.queries.concerns(OTHER, after=3) == []

    def test_deals_are_listed_by_party_newest_change_first(self, store: Store) -> None:
        rows = [
            DealRow(ORG, f"transfer:{n}", "transfer", side, "offered", n) for n, side in enumerate(("giver", "taker"))
        ]
        trip = DealRow(ORG, "shipment:1", "shipment", "carrier", "planned", 1)
        with store.write() as unit:
            unit.projections.put_deals([*rows, trip])
            unit.projections.put_deals([rows[0]._replace(status="agreed", idx=7)])
        with store.read() as unit:
            found = unit.queries.deals(ORG, "transfer")
            assert found == [rows[0]._replace(status="agreed", idx=7), rows[1]]
            assert unit.queries.deals(ORG, "transfer", before=(7, "transfer:0")) == [rows[1]]
            assert unit.queries.deals(ORG, "transfer", sides=("taker",)) == [rows[1]]
            assert unit.queries.deals(ORG, "transfer", statuses=("agreed",), limit=1) == found[:1]
            assert unit.queries.deals(ORG, "shipment") == [trip]
            assert unit.queries.deals(OTHER, "transfer") == []

    def test_a_webhook_is_changed_and_removed_by_its_own_organisation(self, store: Store) -> None:
        with store.write() as unit:
            unit.webhooks.add(HOOK)
            unit.webhooks.queue([DeliveryRow("w1", 1, 0, 5, None, "")])
        with store.write() as unit:
            assert not unit.webhooks.change(OTHER, "w1", cursor=4)
            assert unit.webhooks.change(ORG, "w1", cursor=4)
            assert not unit.webhooks.remove(OTHER, "w1")
        with store.read() as unit:
            assert unit.webhooks.one(ORG, "w1") == HOOK._replace(cursor=4)
            assert unit.webhooks.one(OTHER, "w1") is None
            assert unit.webhooks.of(ORG) == unit.webhooks.enabled() == [HOOK._replace(cursor=4)]
        with store.write() as unit:
            assert unit.webhooks.remove(ORG, "w1")
            assert unit.webhooks.deliveries("w1") == []

    def test_only_messages_of_enabled_webhooks_are_due(self, store: Store) -> None:
        rows = [DeliveryRow("w1", 1, 0, 50, None, ""), DeliveryRow("w1", 2, 1, 40, 30, "HTTP 500")]
        with store.write() as unit:
            unit.webhooks.add(HOOK)
            unit.webhooks.queue([*rows, DeliveryRow("w1", 3, 1, None, 30, "HTTP 200")])
        with store.read() as unit:
            assert unit.webhooks.due(39) == []
            assert [row.idx for row in unit.webhooks.due(50)] == [2, 1]
            assert unit.webhooks.next_due() == 40
            assert [row.idx for row in unit.webhooks.deliveries("w1", before=3, limit=1)] == [2]
        with store.write() as unit:
            unit.webhooks.change(ORG, "w1", disabled_at_ms=1)
            assert unit.webhooks.due(50) == []
            assert unit.webhooks.next_due() is None
            assert unit.webhooks.drop_old(before_ms=31) == 1


class PaperContract:
    """A photograph that no record states is forgotten; of one that is stated the bytes alone go."""

    def test_papers_are_kept_while_a_record_states_them(self, store: Store) -> None:
        waiting, stated = (PAPER._replace(hash=name) for name in ("waiting", "stated"))
        with store.write() as unit:
            for row in (waiting, stated, stated):
                unit.papers.add(row, b"photograph")
            unit.projections.add_attachments([AttachmentRow(ORG, "stated", 2), AttachmentRow(ORG, "missing", 3)])
            assert unit.papers.waiting(ORG) == 1
            assert unit.papers.waiting(OTHER) == 0
            unit.papers.keep(ORG, "waiting", at_ms=9)
            unit.papers.keep(ORG, "waiting", at_ms=7)
            assert unit.papers.forget(before_ms=9) == 0
            assert unit.papers.forget(before_ms=10) == 1
            unit.papers.erase(ORG, "stated")
        with store.read() as unit:
            assert unit.papers.one(ORG, "waiting") is None
            assert unit.papers.one(OTHER, "stated") is None
            gone = stated._replace(erased=True)
            assert [*unit.papers.all()] == [unit.papers.one(ORG, "stated")] == [gone]
            assert unit.papers.content(ORG, "stated") is None
            assert unit.papers.stated([2, 3, 4]) == [(2, gone)]
            assert [row.hash for row in unit.papers.attachments()] == ["missing", "stated"]
