import pytest

from semtheory.errors import InputError
from semtheory.experiments.sources import SOURCES, canonical, named_source


def test_the_default_and_its_spelling():
    assert canonical("golden_mean(0.99999999999999)") == "golden_mean(0.99999999999999)"
    assert canonical("mess3") == canonical(" Mess3( 0.05, .85 )") == "mess3(0.05,0.85)"
    assert named_source().symbols == 3


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_a_process(name):
    source = named_source(name)
    assert source.symbols in (2, 3)
    assert 0 < float(source.entropy_rate(tolerance=1e-3)) < 1.1


def test_binary_markov_is_the_chain_of_the_theory():
    assert float(named_source("binary_markov(0.5,0.8)").entropy_rate()) == pytest.approx(0.619015, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mes3", "did you mean mess3"),
        ("golden", "did you mean golden_mean"),
        ("zzz", "expected one of binary_markov"),
        ("mess3(1)", r"1 parameters, expected 2, such as mess3\(0.05,0.85\)"),
        ("mess3(a,b)", "expected numbers"),
        ("mess3(0.05", "expected a name with numbers in brackets"),
        ("__import__('os')", "source"),
        (3, "expected a name"),
    ],
)
def test_names_that_are_wrong(name, message):
    with pytest.raises(InputError, match=message):
        named_source(name)


def test_parameters_out_of_their_domain():
    with pytest.raises(InputError, match=r"x=0\.9"):
        named_source("mess3(0.9,0.5)")
