"""Projections: folded from evidence, disposable; rebuilt by replaying the log."""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint

from ledger.store.schema import PROJECTION, natural, octets, table, text, whole

states: Final = table(
    "states",
    PROJECTION,
    "key",
    text("key"),
    octets("body"),
    PrimaryKeyConstraint("key"),
    clustered=True,
)
"""Aggregates of the rules by key ("batch:<uuid>", "voided:<hash>"), as ``ledger.rules.codec`` writes them."""

holdings: Final = table(
    "holdings",
    PROJECTION,
    "batch",
    text("batch"),
    text("owner"),
    text("custodian"),
    text("place"),
    text("container"),
    text("status"),
    text("site"),
    whole("mg"),
    PrimaryKeyConstraint("batch", "owner", "custodian", "place", "container", "status"),
    Index("ix_holdings_owner", "owner"),
    Index("ix_holdings_custodian", "custodian"),
    Index("ix_holdings_site", "site"),
    Index("ix_holdings_container", "container"),
    natural("mg"),
    clustered=True,
)
"""Stock: one row for each holding that is not empty. ``site`` is the site of ``place``, or '' on a vehicle."""

account_totals: Final = table(
    "account_totals",
    PROJECTION,
    "batch",
    text("batch"),
    text("account"),
    whole("mg"),
    PrimaryKeyConstraint("batch", "account"),
    clustered=True,
)
"""Sources and sinks of each batch; with its holdings they add up to zero."""

edges: Final = table(
    "edges",
    PROJECTION,
    "child",
    text("child"),
    text("parent"),
    whole("idx"),
    whole("mg"),
    PrimaryKeyConstraint("child", "parent", "idx"),
    Index("ix_edges_parent", "parent"),
    natural("mg"),
    clustered=True,
)
"""Which batch went into which, in which record, and how much of it."""

findings: Final = table(
    "findings",
    PROJECTION,
    "idx",
    whole("idx"),
    whole("n"),
    text("chain"),
    text("rule"),
    text("severity"),
    octets("data"),
    text("batch", null=True),
    text("org", null=True),
    whole("resolved_idx", null=True),
    PrimaryKeyConstraint("idx", "n"),
    Index("ix_findings_org_idx", "org", "idx"),
    Index("ix_findings_batch_idx", "batch", "idx"),
    Index("ix_findings_chain_idx", "chain", "idx"),
    Index("ix_findings_rule_idx", "rule", "idx"),
    Index("ix_findings_severity_idx", "severity", "idx"),
    natural("n"),
)
"""Findings in the effects of record ``idx``, numbered ``n`` within it; ``resolved_idx``: the record that settled it."""

codes: Final = table(
    "codes",
    PROJECTION,
    "code",
    text("code"),
    text("kind"),
    text("target"),
    whole("idx"),
    whole("voided_idx", null=True),
    PrimaryKeyConstraint("code"),
    Index("ix_codes_target", "target"),
    clustered=True,
)
"""Printed codes and what they resolve to; a voided one still resolves, and says so."""

concerns: Final = table(
    "concerns",
    PROJECTION,
    "org",
    text("org"),
    whole("idx"),
    PrimaryKeyConstraint("org", "idx"),
    natural("idx"),
    clustered=True,
)
"""Which records concern an organisation, in the order of the log: what streams and webhooks tell it."""

attachments: Final = table(
    "attachments",
    PROJECTION,
    "actor",
    text("actor"),
    text("hash"),
    whole("idx"),
    PrimaryKeyConstraint("actor", "hash", "idx"),
    Index("ix_attachments_idx", "idx"),
    natural("idx"),
    clustered=True,
)
"""Which records state the hash of a photographed paper (base64url) that their actor uploaded."""

deals: Final = table(
    "deals",
    PROJECTION,
    "org",
    text("org"),
    text("ref"),
    text("kind"),
    text("side"),
    text("status"),
    whole("idx"),
    PrimaryKeyConstraint("org", "ref"),
    Index("ix_deals_org_kind_idx", "org", "kind", "idx"),
    natural("idx"),
)
"""Transfers and shipments of each party, with its side, their status, and the newest record that changed them."""

deal_goods: Final = table(
    "deal_goods",
    PROJECTION,
    "ref",
    text("ref"),
    text("batch"),
    PrimaryKeyConstraint("ref", "batch"),
    Index("ix_deal_goods_batch", "batch"),
    clustered=True,
)
"""Batches that a transfer or shipment is or was about: chosen, sold, aboard. By them it is somewhere."""

search: Final = table(
    "search",
    PROJECTION,
    "kind",
    text("kind"),
    text("id"),
    text("org"),
    text("region"),
    text("product"),
    text("label"),
    text("zh"),
    text("en"),
    text("un"),
    text("cas"),
    PrimaryKeyConstraint("kind", "id"),
    Index("ix_search_kind_org_id", "kind", "org", "id"),
    Index("ix_search_kind_product_id", "kind", "product", "id"),
)
"""Master data, batches and containers for lists and search boxes. ``label``: lot, serial or USCC; '' where none."""

presence: Final = table(
    "presence",
    PROJECTION,
    "batch",
    text("batch"),
    text("place"),
    whole("idx"),
    PrimaryKeyConstraint("batch", "place"),
    Index("ix_presence_place", "place"),
    clustered=True,
)
"""Where a batch is, was or is about to be, and the record that first said so.

``place``: a site that its matter touched, or the organisation to which it is planned or on its way: then it is about to
be at any place of that organisation.
"""

places: Final = table(
    "places",
    PROJECTION,
    "place",
    text("place"),
    text("org"),
    text("region"),
    text("park"),
    PrimaryKeyConstraint("place"),
    Index("ix_places_org", "org"),
    Index("ix_places_region", "region"),
    Index("ix_places_park", "park"),
    clustered=True,
)
"""Sites, and organisations at their own address, with the region and the park in which they lie."""

product_classes: Final = table(
    "product_classes",
    PROJECTION,
    "product",
    text("product"),
    text("name"),
    PrimaryKeyConstraint("product", "name"),
    Index("ix_product_classes_name", "name"),
    clustered=True,
)
"""Transport classes ("6.1") and lists ("highly_toxic") of each product, by which jurisdictions are bounded."""

site_stock: Final = table(
    "site_stock",
    PROJECTION,
    "site",
    text("site"),
    text("product"),
    text("owner"),
    text("custodian"),
    whole("mg"),
    whole("idx"),
    PrimaryKeyConstraint("site", "product", "owner", "custodian"),
    Index("ix_site_stock_product", "product"),
    Index("ix_site_stock_owner", "owner"),
    Index("ix_site_stock_custodian", "custodian"),
    clustered=True,
)
"""Stock summed by site and product, for overviews; ``idx``: the newest record that moved some of it.

A row whose matter has left stays, with nought: it says when the last of it went. What is on vehicles is not here.
"""

expiries: Final = table(
    "expiries",
    PROJECTION,
    "ref",
    text("ref"),
    text("kind"),
    text("org"),
    text("day"),
    whole("idx"),
    PrimaryKeyConstraint("ref", "kind"),
    Index("ix_expiries_kind_day", "kind", "day"),
    Index("ix_expiries_org", "org"),
    clustered=True,
)
"""What ends on a day ("YYYY-MM-DD"): a licence, the expiry or retest date of a batch. ``org``: holder or producer."""

requests: Final = table(
    "requests",
    PROJECTION,
    "event",
    text("event"),
    text("kind"),
    text("asker"),
    text("asked"),
    text("status"),
    whole("due_ms", null=True),
    whole("idx"),
    whole("moved_idx"),
    PrimaryKeyConstraint("event"),
    Index("ix_requests_asked_idx", "asked", "idx"),
    Index("ix_requests_asker_idx", "asker", "idx"),
    natural("idx"),
)
"""What authorities asked of whom, by the hash (base64url) of the event that asks, and the record that moved it last."""

grants: Final = table(
    "grants",
    PROJECTION,
    "event",
    text("event"),
    text("thing"),
    text("giver"),
    text("getter"),
    whole("until_ms"),
    whole("idx"),
    whole("withdrawn_idx", null=True),
    PrimaryKeyConstraint("event", "thing"),
    Index("ix_grants_getter_until_ms", "getter", "until_ms"),
    Index("ix_grants_giver_idx", "giver", "idx"),
    natural("idx"),
    clustered=True,
)
"""Batches, sites and organisations that an authority shows to another one or a park, and until when."""
recalled: Final = table(
    "recalled",
    PROJECTION,
    "batch",
    text("batch"),
    whole("recall"),
    text("lot"),
    PrimaryKeyConstraint("batch", "recall", "lot"),
    Index("ix_recalled_recall_lot", "recall", "lot"),
    natural("recall"),
    clustered=True,
)
"""Batches that a recall reaches: the recalled lot, and all that was or is made of it. ``recall``: the order's index."""

recall_holders: Final = table(
    "recall_holders",
    PROJECTION,
    "org",
    text("org"),
    whole("recall"),
    text("lot"),
    text("batch"),
    whole("idx"),
    whole("acknowledged_idx", null=True),
    PrimaryKeyConstraint("org", "recall", "lot"),
    Index("ix_recall_holders_recall", "recall"),
    natural("recall"),
    clustered=True,
)
"""Who a recall of a lot reaches, by which batch and record: the order itself, or what brought it goods later.

``acknowledged_idx``: the record by which that organisation acknowledged.
"""

hold_reach: Final = table(
    "hold_reach",
    PROJECTION,
    "org",
    text("org"),
    whole("hold"),
    text("ref"),
    text("placed_by"),
    whole("idx"),
    whole("lifted_idx", null=True),
    PrimaryKeyConstraint("org", "hold", "ref"),
    Index("ix_hold_reach_ref", "ref"),
    Index("ix_hold_reach_hold", "hold"),
    natural("hold"),
    clustered=True,
)
"""Whose goods a hold on a batch, site or container (``ref``) stops, by the record that made it so: the hold itself, or
what brought the goods there later. ``hold``: the index of the hold; who placed it stands there, too.
"""
