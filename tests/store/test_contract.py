"""The contract, on SQLite and on PostgreSQL (the fixture `store` stands for each in turn)."""

from tests.store.contract import (
    ChainContract,
    EntryContract,
    EvidenceContract,
    GuardContract,
    StreamContract,
    UnitContract,
)
from tests.store.contract_identity import PeopleContract, PresenceContract, SessionContract
from tests.store.contract_projections import MassContract, OperationContract, ProjectionContract
from tests.store.contract_requests import ImportJobContract, KeyRequestContract
from tests.store.contract_scans import ScanContract
from tests.store.contract_tracing import RecallContract, TracingContract, WithheldContract
from tests.store.contract_webhooks import IncidentContract, NoticesContract, PaperContract, StepLinkContract
from tests.store.contract_witnesses import WitnessContract


class TestUnits(UnitContract): ...


class TestEvidence(EvidenceContract): ...


class TestGuards(GuardContract): ...


class TestChains(ChainContract): ...


class TestEntries(EntryContract): ...


class TestStreams(StreamContract): ...


class TestMass(MassContract): ...


class TestProjections(ProjectionContract): ...


class TestOperations(OperationContract): ...


class TestNotices(NoticesContract): ...


class TestKeyRequests(KeyRequestContract): ...


class TestImportJobs(ImportJobContract): ...


class TestScans(ScanContract): ...


class TestStepLinks(StepLinkContract): ...


class TestPapers(PaperContract): ...


class TestIncidents(IncidentContract): ...


class TestWitnesses(WitnessContract): ...


class TestPeople(PeopleContract): ...


class TestSessions(SessionContract): ...


class TestPresence(PresenceContract): ...


class TestTracing(TracingContract): ...


class TestRecalls(RecallContract): ...


class TestWithheld(WithheldContract): ...
