"""The refuter's stages alone, each against an independent computation or a claim that only it can settle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from semtheory.logic.distribution import meets, refutes
from semtheory.logic.exact import evaluate
from semtheory.logic.refuter_families import Forms, assignments, partitions, subspaces
from semtheory.logic.refuter_mixing import mixture
from semtheory.logic.refuter_networks import find_structure
from semtheory.logic.refuter_reduce import bundles, contract, contractions, expand
from semtheory.logic.refuter_search import Space, descend, minimised, normalised, random_weights
from semtheory.logic.refuter_simplify import simplify
from semtheory.logic.result import Deadline
from semtheory.logic.sampling import random_models
from semtheory.notation.linear import ConcreteProblem, add, divergence, entropy, information

PQ = ("p", "q")


def linear(*parts):
    form = {}
    for factor, part in parts:
        add(form, part, Fraction(factor))
    return form


INGLETON = ConcreteProblem(
    tuple("ABCD"),
    ("p",),
    linear(
        (1, information("A", "B", "C")),
        (1, information("A", "B", "D")),
        (1, information("C", "D")),
        (-1, information("A", "B")),
    ),
)
CHANNEL = ConcreteProblem(
    ("X", "Y"),
    PQ,
    linear((1, divergence("Y", "", "p", "q")), (-1, divergence("X", "", "p", "q"))),
    zero=(divergence("Y", "X", "p", "q"),),
)
INDEPENDENT = ConcreteProblem(
    tuple("XYZ"),
    ("p",),
    information("XY", "Z"),
    zero=(information("X", "Y"), entropy("Z", "XY")),
    independences=((frozenset("X"), frozenset("Y"), frozenset()),),
    functions=((frozenset("Z"), frozenset("XY")),),
)


def space(problem, size, attempt=0):
    structure = find_structure(problem, np.random.default_rng(attempt), attempt)
    return Space(problem, structure, dict.fromkeys(problem.variables, size))


@pytest.mark.parametrize("problem", [INGLETON, CHANNEL, INDEPENDENT])
@pytest.mark.parametrize("size", [2, 3])
def test_floats_of_kernels_agree_with_the_exact_laws(problem, size):
    here = space(problem, size)
    weights = random_weights(here, 6, np.random.default_rng(size))
    forms = [problem.target, *problem.zero]
    values = here.values(here.joints(normalised(weights)), forms)
    for sample in range(6):
        laws = here.laws({key: w[sample] for key, w in weights.items()})
        exact = [float(evaluate(form, laws)) for form in forms]
        assert np.allclose(values[:, sample], exact, rtol=0, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("problem", [INGLETON, CHANNEL])
def test_slopes_agree_with_differences(problem):
    here = space(problem, 2)
    rng = np.random.default_rng(5)
    joints = here.joints(normalised({key: w + 1 for key, w in random_weights(here, 1, rng).items()}))
    slopes = here.gradient(joints, problem.target)
    for law in joints:
        move = rng.normal(size=joints[law].shape)
        move -= move.mean()
        low, high = ({**joints, law: joints[law] + sign * 1e-6 * move} for sign in (-1, 1))
        difference = (here.values(high, [problem.target]) - here.values(low, [problem.target]))[0, 0] / 2e-6
        assert difference == pytest.approx(float((slopes[law] * move).sum()), abs=1e-7)


def test_minimising_alone_refutes_ingleton():
    found = minimised(space(INGLETON, 2), 1, 8, np.random.default_rng(0), Deadline())
    assert any(refutes(INGLETON, laws) for laws in found)


def test_descent_reaches_the_minimum_of_rosenbrock():
    def valley(x):
        a, b = 1 - x[0], x[1] - x[0] ** 2
        return a**2 + 100 * b**2, np.array([-2 * a - 400 * x[0] * b, 200 * b])

    value, place = descend(valley, np.array([-1.2, 1.0]), 500)
    assert value < 1e-9
    assert place == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize("problem", [CHANNEL, INDEPENDENT])
@pytest.mark.parametrize("attempt", range(4))
def test_random_kernels_meet_the_assumptions_of_their_network(problem, attempt):
    here = space(problem, 3, attempt)
    for seed in range(5):
        weights = {
            key: w[0] + (not problem.functions)
            for key, w in random_weights(here, 1, np.random.default_rng(seed)).items()
        }
        assert meets(problem, here.laws(weights))


@pytest.mark.parametrize(
    "lattice",
    [subspaces(1), subspaces(3), subspaces(2, 3), partitions((Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)))],
)
def test_lattice_entropies_are_those_of_its_laws(lattice):
    rows = assignments(INDEPENDENT, lattice, np.random.default_rng(0), 300, Deadline())
    values = Forms(INDEPENDENT).values(lattice, rows)
    assert len(rows)
    for i in range(0, len(rows), max(1, len(rows) // 20)):
        laws = {"p": lattice.law(INDEPENDENT.variables, tuple(map(int, rows[i])))}
        assert meets(INDEPENDENT, laws)
        scale = np.log(lattice.base) if lattice.exact else 1.0
        assert float(values[0, i]) * scale == pytest.approx(float(evaluate(INDEPENDENT.target, laws)), abs=1e-12)


def test_number_of_subspaces():
    # Gaussian binomials: 1+7+7+1 over GF(2)^3, 1+4+1 over GF(3)^2; Bell numbers for partitions
    assert [subspaces(1).size, subspaces(2).size, subspaces(3).size, subspaces(2, 3).size] == [2, 5, 16, 6]
    assert partitions((Fraction(1, 5),) * 5).size == 52


def test_assignments_are_complete_when_few():
    # functions of one fair bit: 8 triples, of which Z = f(X,Y) and X, Y independent leave those with X or Y constant
    rows = {
        tuple(map(int, row))
        for row in assignments(INDEPENDENT, subspaces(1), np.random.default_rng(0), 100, Deadline())
    }
    assert rows == {(0, 0, 0), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1)}


columns = st.lists(st.tuples(*[st.integers(-4, 4)] * 4), min_size=1, max_size=8)


@settings(deadline=None)  # the cores are shared, and time is not what is tested
@given(columns)
def test_mixtures_solve_the_linear_program(table):
    array = np.array(table, dtype=float)
    expected = linprog(
        array[:, 0], A_eq=array[:, 1:3].T, b_eq=[0, 0], A_ub=-array[:, 3:].T, b_ub=[0], bounds=[(0, 1)] * len(table)
    ).fun
    found = mixture(table, 2, Deadline())
    assert (found is not None) == (expected < -1e-9)
    if found is not None:
        sums = [sum(m * table[j][k] for j, m in found.items()) for k in range(4)]
        assert sums[0] < 0
        assert sums[1] == sums[2] == 0
        assert sums[3] >= 0


def test_bundles_join_what_occurs_together():
    problem = ConcreteProblem(tuple("ABCDE"), ("p",), information("AB", "CD"))
    assert bundles(problem) == {"A": "A", "B": None, "C": "C", "D": None, "E": None}


def test_contracted_problems_have_the_value_of_the_expanded_laws():
    names = tuple(f"X_{i}" for i in range(8))
    problem = ConcreteProblem(names, ("p",), information(names[:3], names[2:6], names[6:]))
    for mapping in contractions(problem, np.random.default_rng(0)):
        small = contract(problem, mapping)
        for laws in random_models(small, 0, 3):
            assert (evaluate(small.target, laws) - evaluate(problem.target, expand(laws, problem, mapping))).is_zero


def test_simplifying_keeps_what_makes_it_valid():
    def valid(candidate):
        return evaluate(entropy("XY"), candidate).sign() > 0

    laws = next(
        laws for laws in random_models(ConcreteProblem(tuple("XYZ"), ("p",), {}), 3, 20) if len(laws["p"].pmf) > 5
    )
    assert valid(laws)
    simple = simplify(laws, valid, Deadline())
    assert valid(simple)
    assert len(simple["p"].pmf) == 2
