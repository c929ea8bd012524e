"""Statements about organisations, keys and licences that are refused: whoever grants itself something."""

from dataclasses import replace

from ledger.core.canonical import Json
from ledger.errors import Problem
from tests.rules.refusals import case, key, registered
from tests.support.rulebook import World, key_id, licence, organisation


@case("key_taken", "/sections/key/key")
def key_of_another_organisation_registered(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    other = replace(w, maker=w.book.ref("org"))
    stated = {"organisation": organisation(other.maker)}
    w.book.do("governance.organisation_admitted", w.operator, stated, signers=["registrar"])
    return w.book.refuse("governance.key_registered", other.maker, key("first"), signers=["first", "registrar"])


@case("key_taken", "/sections/key/key")
def key_of_another_organisation_at_admission(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    stated = {"organisation": organisation(w.book.ref("org")), **key("first")}
    return w.book.refuse("governance.organisation_admitted", w.operator, stated, signers=["first", "registrar"])


@case("key_taken", "/sections/key/key")
def key_of_the_log_registered(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    return w.book.refuse("governance.key_registered", w.maker, key("log"), signers=["first", "log"])


@case("key_taken", "/sections/key/key")
def revoked_key_of_another_registered_again(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    w.book.do("governance.key_revoked", w.maker, {"key": {"key_id": key_id("first")}})
    firm = w.book.ref("org")
    stated = {"organisation": organisation(firm)}
    w.book.do("governance.organisation_admitted", w.operator, stated, signers=["registrar"])
    return w.book.refuse("governance.key_registered", firm, key("first"), signers=["first", "registrar"])


@case("subject_missing", "/sections/licence/subject")
def vehicle_licence_without_a_plate(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.licence_registered", w.carrier, licence(w.book, w.carrier, "vehicle"))


@case("subject_not_of_kind", "/sections/licence/subject")
def vehicle_licence_of_a_person(w: World) -> tuple[Problem, ...]:
    stated = licence(w.book, w.carrier, "vehicle", subject=w.book.ref("user"))
    return w.book.refuse("governance.licence_registered", w.carrier, stated)


@case("subject_not_of_kind", "/sections/licence/subject")
def driver_licence_of_a_vehicle(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.licence_registered", w.carrier, licence(w.book, w.carrier, "driver", subject="B1"))


@case("subject_not_of_kind", "/sections/licence/subject")
def production_licence_of_a_vehicle(w: World) -> tuple[Problem, ...]:
    stated = licence(w.book, w.maker, "production", subject="B1")
    return w.book.refuse("governance.licence_registered", w.maker, stated)


def authority_of(w: World, **jurisdiction: Json) -> str:
    """A further authority with this jurisdiction."""
    made = w.book.ref("org")
    stated = organisation(made, "authority", authority="police", jurisdiction=jurisdiction)
    w.book.do("governance.organisation_admitted", w.operator, {"organisation": stated})
    return made


def first_licence(w: World, org: str) -> dict[str, dict[str, str]]:
    """The section that names the first licence of an organisation."""
    return {"licence": {"licence": w.book.values[org].licences[0].id, "organisation": org}}  # type: ignore[union-attr]


@case("outside_jurisdiction", "/actor")
def licence_suspended_from_another_region(w: World) -> tuple[Problem, ...]:
    police = authority_of(w, regions=["33"])
    return w.book.refuse("governance.licence_suspended", police, first_licence(w, w.maker))


@case("outside_jurisdiction", "/actor")
def licence_reinstated_from_another_park(w: World) -> tuple[Problem, ...]:
    w.book.do("governance.licence_suspended", w.authority, first_licence(w, w.maker))
    return w.book.refuse("governance.licence_reinstated", authority_of(w, parks=["P"]), first_licence(w, w.maker))


@case("outside_jurisdiction", "/actor")
def licence_attested_for_another_class(w: World) -> tuple[Problem, ...]:
    police = authority_of(w, classes=["1"])
    stated = licence(w.book, w.user, "use", products=[w.products["liquid"]])
    return w.book.refuse("governance.licence_registered", police, stated)


@case("licence_number_suspended", "/sections/licence/number")
def suspended_licence_registered_anew(w: World) -> tuple[Problem, ...]:
    w.book.do("governance.licence_suspended", w.authority, first_licence(w, w.maker))
    stated = licence(w.book, w.maker, "use", number="no１")
    return w.book.refuse("governance.licence_registered", w.maker, stated)


@case("not_for_this_actor", "/actor")
def licence_reinstated_by_its_holder(w: World) -> tuple[Problem, ...]:
    w.book.do("governance.licence_suspended", w.authority, first_licence(w, w.maker))
    return w.book.refuse("governance.licence_reinstated", w.maker, first_licence(w, w.maker))


def renamed(w: World, **more: Json) -> tuple[Problem, ...]:
    """A renaming by the maker of itself."""
    return w.book.refuse("governance.organisation_renamed", w.maker, {"organisation": organisation(w.maker, **more)})


@case("granted_by_operator", "/sections/organisation/roles")
def self_granted_authority_role(w: World) -> tuple[Problem, ...]:
    return renamed(w, roles=["maker", "authority"])


@case("granted_by_operator", "/sections/organisation/authority")
def self_granted_authority(w: World) -> tuple[Problem, ...]:
    return renamed(w, authority="police")


@case("granted_by_operator", "/sections/organisation/jurisdiction")
def self_granted_jurisdiction(w: World) -> tuple[Problem, ...]:
    return renamed(w, jurisdiction={"regions": ["11"]})


@case("granted_by_operator", "/sections/organisation/region")
def moved_out_of_its_region_by_itself(w: World) -> tuple[Problem, ...]:
    return renamed(w, region="310000")


@case("granted_by_operator", "/sections/organisation/park")
def moved_into_a_park_by_itself(w: World) -> tuple[Problem, ...]:
    return renamed(w, park="P")


@case("registrar_signature_missing", "/keys")
def role_granted_without_the_registrar(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    stated = {"organisation": organisation(w.maker, "authority")}
    return w.book.refuse("governance.organisation_renamed", w.operator, stated)


@case("registrar_signature_missing", "/keys")
def succession_by_the_operator_without_the_registrar(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    stated = {"organisation": organisation(w.maker, successor=w.operator)}
    return w.book.refuse("governance.organisation_succeeded", w.operator, stated)


@case("unknown_name", "/sections/organisation/successor")
def successor_by_renaming(w: World) -> tuple[Problem, ...]:
    return renamed(w, successor=w.user)


def succeed(w: World, org: str, successor: str) -> None:
    """One organisation succeeds another."""
    stated = {"organisation": organisation(org, successor=successor)}
    w.book.do("governance.organisation_succeeded", org, stated)


@case("successor_circular", "/sections/organisation/successor")
def its_own_successor(w: World) -> tuple[Problem, ...]:
    stated = {"organisation": organisation(w.maker, successor=w.maker)}
    return w.book.refuse("governance.organisation_succeeded", w.maker, stated)


@case("successor_circular", "/sections/organisation/successor")
def successor_of_its_successor(w: World) -> tuple[Problem, ...]:
    succeed(w, w.maker, w.user)
    stated = {"organisation": organisation(w.user, successor=w.maker)}
    return w.book.refuse("governance.organisation_succeeded", w.user, stated)


@case("already_succeeded", "/sections/organisation/successor")
def succeeded_again_by_another(w: World) -> tuple[Problem, ...]:
    succeed(w, w.maker, w.user)
    stated = {"organisation": organisation(w.maker, successor=w.carrier)}
    return w.book.refuse("governance.organisation_succeeded", w.maker, stated)


@case("unknown_organisation", "/sections/organisation/successor")
def succeeded_by_nobody(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.organisation_succeeded", w.maker, {"organisation": organisation(w.maker)})


@case("actor_succeeded", "/actor")
def act_of_a_succeeded_organisation(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    succeed(w, w.maker, w.user)
    return w.book.refuse("storage.sampled", w.maker, w.use(batch, 1))
