"""The manifest names the bytes of every table, and nothing else stands in the folder."""

import base64
import hashlib
from importlib import resources

import rfc8785

from ledger.core.times import check_date
from ledger.errors import catalogue
from ledger.reference import Reference, files, load


def test_every_table_stands_with_its_digest(bundled: Reference) -> None:
    assert bundled.manifest["spec"] == "hazledger/reference@1"
    listed = bundled.manifest["tables"]
    assert isinstance(listed, list)
    by_name = {table.name: table for table in files.tables(files.read(files.LIST))}
    names = []
    for entry in listed:
        assert isinstance(entry, dict)
        assert set(entry) == {"name", "digest", "effective", "source"}
        name = str(entry["name"])
        names.append(name)
        raw = hashlib.sha256(files.read(by_name[name].file)).digest()
        assert entry["digest"] == base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        check_date(str(entry["effective"]))
    assert names == sorted(by_name)


def test_the_hash_is_the_tagged_digest_of_the_canonical_bytes(bundled: Reference) -> None:
    canonical = rfc8785.dumps(dict(bundled.manifest))
    raw = hashlib.sha256(b"hazledger/manifest@1\n" + canonical).digest()
    assert bundled.hash == base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_every_file_is_a_listed_table() -> None:
    folder = resources.files("ledger.reference").joinpath("data")
    present = {file.name for file in folder.iterdir()}
    assert present == {table.file for table in files.tables(files.read(files.LIST))} | {files.LIST, "SOURCES.md"}


def test_the_sources_name_every_file() -> None:
    text = files.read("SOURCES.md").decode()
    assert all(table.file in text for table in files.tables(files.read(files.LIST)))


def test_line_ends_are_those_that_git_stores() -> None:
    assert not [table.file for table in files.tables(files.read(files.LIST)) if b"\r" in files.read(table.file)]


def test_reading_again_gives_the_same(bundled: Reference) -> None:
    again = load()
    assert again is not bundled
    assert again.hash == bundled.hash


def test_every_problem_of_the_reference_has_its_texts() -> None:
    codes = {code for code, entry in catalogue.load().items() if entry.area == "reference"}
    assert codes == {
        "reference_not_of_form",
        "unknown_un_row",
        "unknown_region",
        "unknown_hazard_statement",
        "unknown_precaution",
        "unknown_threshold",
        "unknown_catalogue_product",
    }
