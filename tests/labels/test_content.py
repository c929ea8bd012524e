"""Label content: the shipping line and the signal word."""

from labels.content import Hazards, Identity


def identity(un: str, name: str, hazard_class: str, subsidiaries: tuple[str, ...], group: str) -> Identity:
    return Identity("甲", "A", un, name, hazard_class, subsidiaries, group, ())


def test_the_shipping_line_is_that_of_adr() -> None:
    assert identity("UN1098", "Allyl alcohol", "6.1", ("3",), "I").shipping_line == "UN 1098 ALLYL ALCOHOL, 6.1 (3), I"
    assert identity("UN1017", "Chlorine", "2.3", ("5.1", "8"), "").shipping_line == "UN 1017 CHLORINE, 2.3 (5.1, 8)"
    assert identity("UN1090", "Acetone", "3", (), "II").shipping_line == "UN 1090 ACETONE, 3, II"
    assert identity("", "", "", (), "").shipping_line == ""


def test_the_signal_word_in_chinese() -> None:
    words = [Hazards((), word, (), ()).signal_word_zh for word in ("Danger", "Warning", "")]
    assert words == ["危险", "警告", ""]
