import pytest

from semtheory import Citation, Claim, Fidelity, Given, Step, Theorem, Variant
from semtheory.errors import TheoremError
from tests.logic.fakes import FIDELITY, NEAR_MISS, Fake, theorem


def test_every_form_of_a_claim_is_understood():
    markov = Given("X->Y->Z")
    statement = Fake()
    made = theorem(
        "DI2",
        "I(X;Y) >= 0",
        ("I(X;Z) <= I(X;Y)", markov),
        ("a >= b", "X->Y->Z"),
        Claim("c >= d", given=(markov,)),
        statement,
    )
    assert made.claims[0] == Claim("I(X;Y) >= 0")
    assert made.claims[1] == Claim("I(X;Z) <= I(X;Y)", given=(markov,))
    assert made.claims[2] == Claim("a >= b", given=(markov,))
    assert made.claims[3].shown == "c >= d given X->Y->Z"
    assert made.claims[4] is statement


def test_the_chapter_comes_from_the_letters():
    assert theorem("DI2").chapter == "Directed information"
    assert theorem("QQ2").chapter == "QQ"
    assert theorem("DI2", chapter="Mine").chapter == "Mine"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"varients": []}, r"theorem ZZ1: unknown argument varients=; did you mean variants=\?"),
        ({"zzzzzz": []}, "unknown argument zzzzzz=; expected title, claims"),
        ({"variants": []}, "no variants=; give at least one false near-miss"),
        ({"variants": ["H(X) <= 0"]}, r"variants holds 'H\(X\) <= 0'; expected Variant"),
        ({"variants": "H(X) <= 0"}, "expected a list"),
        ({"fidelity": None}, r"fidelity=None; expected Fidelity\(kind"),
        ({"title": " "}, "no title="),
        ({"target": "certain"}, "theorem ZZ1: target 'certain': expected one of proved"),
        ({"target": "undecided"}, "target 'undecided': expected one of"),
        ({"depends": "F1"}, "depends='F1'; expected a list"),
        ({"depends": ["ZZ1"]}, "depends on itself"),
        ({"steps": ["H(X) >= 0"]}, "steps holds"),
    ],
)
def test_what_is_missing_or_unknown_is_named(settings, message):
    with pytest.raises(TheoremError, match=message):
        theorem("ZZ1", **settings)


def test_a_theorem_states_something():
    with pytest.raises(TheoremError, match="no claims="):
        Theorem("ZZ1", title="t", fidelity=FIDELITY, variants=[NEAR_MISS])
    with pytest.raises(TheoremError, match="17 is no claim; expected text"):
        theorem("ZZ1", 17)


@pytest.mark.parametrize("name", ["", "DI", "2", "D I2", None])
def test_an_id_is_letters_and_a_number(name):
    with pytest.raises(TheoremError, match="expected letters and a number"):
        theorem(name)


def test_variants_say_why():
    with pytest.raises(TheoremError, match="without why="):
        Variant("H(X) <= 0", why="")
    assert Variant("a >= b", why="w", given=("c >= d",)).statement == Claim("a >= b", given=("c >= d",))
    with pytest.raises(TheoremError, match="goes with a statement in text"):
        Variant(Fake(), why="w", given=("c >= d",))


def test_steps_and_givens_are_checked():
    assert Step("H(X) >= 0", "entropy").claim == Claim("H(X) >= 0")
    with pytest.raises(TheoremError, match="is no claim"):
        Step(3, "three")
    with pytest.raises(TheoremError, match="expected the assumption as text"):
        Given("")
    with pytest.raises(TheoremError, match="given 7; expected text"):
        Claim("a >= b", given=(7,))


def test_a_citation_reads_as_one():
    assert Citation("Zhang and Yeung", 1998, "Theorem 3").text == "Zhang and Yeung 1998, Theorem 3"


@pytest.mark.parametrize(
    ("kind", "source", "paper", "differences", "message"),
    [
        ("copy", "s", "p", "", "kind 'copy': expected one of reproduction, specialisation, variant, correction"),
        ("reproduction", "", "p", "", "without source="),
        ("reproduction", "s", " ", "", "without paper="),
        ("correction", "s", "p", "", "without differences="),
    ],
)
def test_a_fidelity_record_is_complete(kind, source, paper, differences, message):
    with pytest.raises(TheoremError, match=message):
        Fidelity(kind, source=source, paper=paper, differences=differences)


def test_fidelity_as_json():
    made = Fidelity("variant", source="s", paper="p", differences="d")
    assert made.to_json() == {"kind": "variant", "source": "s", "paper": "p", "differences": "d"}
