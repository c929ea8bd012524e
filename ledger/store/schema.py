"""How tables are made here: types that mean the same on both databases, families, distribution keys."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

HASH_BYTES: Final = 32
EVIDENCE: Final = "evidence"
PROJECTION: Final = "projection"
OPERATIONAL: Final = "operational"

NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

metadata: Final = MetaData(naming_convention=NAMING)

_WHOLE: Final = BigInteger().with_variant(Integer(), "sqlite")
_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
_BYTES: Final = LargeBinary()


def whole(name: str, *, null: bool = False) -> Column[Any]:
    """Return a column of whole numbers in 64 bits."""
    return Column(name, _WHOLE, nullable=null, autoincrement=False)


def text(name: str, *, null: bool = False) -> Column[Any]:
    """Return a column of text that compares by code point."""
    return Column(name, _TEXT, nullable=null)


def octets(name: str, *, null: bool = False) -> Column[Any]:
    """Return a column of bytes."""
    return Column(name, _BYTES, nullable=null)


def hash_length(name: str) -> CheckConstraint:
    """Return the check that a column holds 32 bytes."""
    return CheckConstraint(f"length({name}) = {HASH_BYTES}", name=f"{name}_length")


def natural(name: str) -> CheckConstraint:
    """Return the check that a column is not negative."""
    return CheckConstraint(f"{name} >= 0", name=f"{name}_natural")


def table(name: str, family: str, distribution: str, *parts: Any, clustered: bool = False) -> Table:  # noqa: ANN401
    """Make a table; ``clustered`` keeps small rows inside their key's tree (SQLite WITHOUT ROWID)."""
    return Table(
        name,
        metadata,
        *parts,
        info={"family": family, "distribution": distribution},
        sqlite_strict=True,
        sqlite_with_rowid=not clustered,
    )
