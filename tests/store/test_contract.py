"""The contract, on SQLite and on PostgreSQL (the fixture `store` stands for each in turn)."""

from tests.store.contract import (
    ChainContract,
    EntryContract,
    EvidenceContract,
    GuardContract,
    MassContract,
    OperationContract,
    ProjectionContract,
    UnitContract,
)


class TestUnits(UnitContract): ...


class TestEvidence(EvidenceContract): ...


class TestGuards(GuardContract): ...


class TestChains(ChainContract): ...


class TestEntries(EntryContract): ...


class TestMass(MassContract): ...


class TestProjections(ProjectionContract): ...


class TestOperations(OperationContract): ...
