"""The ports of the HTTP edge over one ledger: ``create_app(wire(ledger), settings)`` is the whole server.

``access``, ``intake``, ``log``, ``codes``, ``incidents``, ``batches``, ``tracing``, ``recalls``, ``proofs``,
``registry``, ``findings``, ``drafts``, ``deals``, ``notices``, ``imports``, ``compliance``, ``scans``, ``labels``,
``audits`` and ``status`` implement the ports. ``known`` is what one read meets; ``goods``, ``here``, ``life``,
``matter``, ``stock``, ``signing``, ``picking`` and ``verdict`` turn it into views. What a viewer may do and see is
decided by ``ledger.services.policy``; ``sight`` puts the facts to it.
"""

from api.ports import Services
from api.wiring.access import LedgerAccess
from api.wiring.audits import LedgerAudits
from api.wiring.authorities import LedgerAuthorities
from api.wiring.badges import LedgerBadges
from api.wiring.batches import LedgerBatches
from api.wiring.codes import LedgerCodes
from api.wiring.compliance import LedgerCompliance
from api.wiring.deals import LedgerDeals
from api.wiring.drafts import LedgerDrafts
from api.wiring.exports import LedgerExports
from api.wiring.findings import LedgerFindings
from api.wiring.gs1 import LedgerGs1
from api.wiring.imports import LedgerImports
from api.wiring.incidents import LedgerIncidents
from api.wiring.intake import HEADS_GAP_S, LedgerIntake
from api.wiring.keys import LedgerKeys
from api.wiring.labels import LedgerLabels
from api.wiring.log import LedgerLog
from api.wiring.notices import LedgerNotices, LedgerWebhooks
from api.wiring.overview import LedgerOverview
from api.wiring.papers import LedgerPapers
from api.wiring.people import LedgerAccount, LedgerEntry, LedgerPeople
from api.wiring.proofs import LedgerProofs
from api.wiring.reading import Reading
from api.wiring.recalls import LedgerRecalls
from api.wiring.registry import LedgerRegistry
from api.wiring.scans import LedgerScans
from api.wiring.status import LedgerStatus
from api.wiring.step_links import LedgerStepLinks
from api.wiring.tracing import LedgerTracing
from api.wiring.waybills import LedgerWaybills
from api.wiring.witnesses import LedgerWitnesses
from ledger.rules.statements import TYPES, json_schema
from ledger.services.audit_jobs import AuditJobs
from ledger.services.audit_process import Places, here
from ledger.services.entropy import SystemEntropy
from ledger.services.feed import Feed
from ledger.services.identity.ports import LIFE_MS, Ports, Site
from ledger.services.ledger import Ledger
from ledger.services.scrub import Scrub
from ledger.services.webhooks.delivery import Delivery
from ledger.services.webhooks.message import SECRET_BYTES
from ledger.services.webhooks.subscriptions import Subscriptions

__all__ = ["wire"]


def wire(
    ledger: Ledger,
    subscriptions: Subscriptions | None = None,
    delivery: Delivery | None = None,
    *,
    session_ms: int = LIFE_MS,
    heads_gap_s: int = HEADS_GAP_S,
    site: Site | None = None,
    audits: AuditJobs | None = None,
    scrub: Scrub | None = None,
) -> Services:
    """Return every port over this ledger. The caller opened it and closes it after the server has ended.

    ``subscriptions``: webhooks with the key their secrets are derived from, by default one of this process alone;
    ``delivery``: what sends for them, None where another process does; ``session_ms``: how long a session lasts;
    ``heads_gap_s``: seconds between heads that are published on demand; ``site``: as browsers know it, for
    passkeys; ``audits``: what carries audits out, by default in this process; ``scrub``: which of this process runs.
    """
    ports = Ports(ledger, site or Site(), session_ms=session_ms)
    access = LedgerAccess(ports)
    reading = Reading(ledger)
    random = SystemEntropy()
    hooks = subscriptions or Subscriptions(ledger.store, ledger.clock, random, random.bytes(SECRET_BYTES))
    return Services(
        clock=ledger.clock,
        access=access,
        intake=(intake := LedgerIntake(ports, reading, heads_gap_s)),
        log=LedgerLog(ledger),
        codes=(codes := LedgerCodes(reading)),
        audits=LedgerAudits(ports, reading, audits or _audits(ledger), scrub),
        incidents=LedgerIncidents(ports, reading, codes),
        batches=LedgerBatches(reading),
        tracing=LedgerTracing(reading),
        recalls=LedgerRecalls(reading),
        proofs=LedgerProofs(reading),
        registry=LedgerRegistry(reading),
        overviews=LedgerOverview(reading, findings := LedgerFindings(reading)),
        exports=LedgerExports(reading),
        findings=findings,
        entry=LedgerEntry(ports, access),
        account=LedgerAccount(ports, access),
        people=LedgerPeople(ports, access),
        badges=LedgerBadges(ports),
        keys=LedgerKeys(ports, reading, intake),
        drafts=LedgerDrafts(ports, reading, intake),
        deals=LedgerDeals(reading),
        waybills=(waybills := LedgerWaybills(reading)),
        papers=LedgerPapers(reading),
        links=LedgerStepLinks(reading, waybills),
        notices=LedgerNotices(Feed(ledger.store, ledger.log)),
        webhooks=LedgerWebhooks(hooks, delivery),
        imports=LedgerImports(ledger),
        compliance=LedgerCompliance(reading),
        authorities=LedgerAuthorities(reading),
        scans=LedgerScans(ports, reading),
        labels=LedgerLabels(reading),
        gs1=LedgerGs1(reading),
        witnesses=LedgerWitnesses(ledger),
        status=LedgerStatus(ledger, scrub),
        schemas={name: json_schema(kind) for name, kind in sorted(TYPES.items()) if not kind.server_only},
    )


def _audits(ledger: Ledger) -> AuditJobs:
    """Audits on a thread of this process: for one that has little else to do."""
    places = Places(ledger.store.engines.url)
    runner = None if ledger.sequencer is None else lambda order, now, told, _stop: here(places, order, now, told)
    return AuditJobs(ledger.store, ledger.clock, runner)
