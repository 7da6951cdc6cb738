"""Reading and writing claims: round trips, LaTeX as people write it, and errors that show the place."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import ClaimError
from semtheory.notation.canonical import instantiate, reduce_relation
from semtheory.notation.claims import Relation, find_horizon
from semtheory.notation.mathml import from_mathml, to_mathml
from semtheory.notation.measures import DI, H, I
from semtheory.notation.parser import parse_claim, parse_expression
from semtheory.notation.variables import processes, variables

ROUND_TRIPS = [
    "I(X;Z) <= I(X;Y)",
    "H(X|Z) + H(Y|Z) >= 1.000000000001*H(X,Y|Z)",
    "X->Y->Z",
    "X,W -> Y -> Z",
    "X -o- Y -o- Z",
    "DI(X^n->Y^n) = sum(t=1..n) I(X^t;Y_t|Y^{t-1})",
    "TE(X^n->Y^n) = sum(t=1..n) I(X^{t-1};Y_t|Y^{t-1})",
    "H(Y^n||X^n) = sum(t=1..n) H(Y_t|Y^{t-1},X^t)",
    "I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n",
    "Y_t -> X_t -> X^{t-1},Y^{t-1} for t=2..n",
    "D(p||q) >= 0",
    "D(p(Y|X)||q(Y|X)) = 0",
    "DI(X^n,Z^n->Y^n) = DI(Z^n->Y^n) + DI(X^n->Y^n||Z^n)",
    "2 sum(t=1..n) 3*I(X_t;Y_t) - [H(X)-2(H(Y)+H(Z))]/3 >= 0",
    "I(X;Y;Z|W) <= H(X)",
    "TE(Y^n->X^n) = DI(Y^{n-1}->X^n)",
    "sum(t=1..n) I(X_{t+1:n};Y_t|Y^{t-1}) = sum(t=1..n) I(Y^{t-1};X_t|X_{t+1:n})",
    "H(X_out_t|Yhat') <= 2/3 H(X_out^n) + 3",
    "H(X_out) <= H(Xout_{2:n})",
    "I(X^n->Y^n||Z^n) + I(X^{n-1}->Y^n|S) >= 0",
    "H(X_1,X_{3:5},X^2) >= 0",
    "-H(X) <= .5",
]


def shape(relation: Relation) -> tuple[Any, ...]:
    return relation.left, relation.op, relation.right, relation.quantifier, relation.chain


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_text_latex_and_mathml_read_back_as_the_same_claim(text: str) -> None:
    for relation in parse_claim(text):
        assert shape(parse_claim(relation.text)[0]) == shape(relation)
        assert shape(parse_claim(relation.latex)[0]) == shape(relation)
        assert shape(from_mathml(to_mathml(relation))[0]) == shape(relation)


names = st.lists(st.sampled_from(["X", "Y_t", "Z^{t-1}", "W_{2:n}", "Uhat^n", "V'"]), min_size=1, max_size=3, unique=True)


@st.composite
def measures(draw: Any) -> str:
    sets = draw(st.lists(names.map(",".join), min_size=1, max_size=3))
    bar = f"|{','.join(draw(names))}" if draw(st.booleans()) else ""
    return f"H({sets[0]}{bar})" if len(sets) == 1 else f"I({';'.join(sets)}{bar})"


@st.composite
def expressions(draw: Any) -> str:
    terms = draw(st.lists(st.tuples(st.fractions(-3, 3, max_denominator=9), measures()), min_size=1, max_size=4))
    return " + ".join(f"({value}) * sum(t=1..n) {body}" for value, body in terms)


@settings(max_examples=80, deadline=None)
@given(expressions(), expressions())
def test_random_claims_round_trip(left: str, right: str) -> None:
    (relation,) = parse_claim(f"{left} <= {right}")
    assert shape(parse_claim(relation.text)[0]) == shape(relation)
    assert shape(parse_claim(relation.latex)[0]) == shape(relation)
    assert shape(from_mathml(to_mathml(relation))[0]) == shape(relation)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"I(X;Z) \leq I(X;Y)", "I(X;Z) <= I(X;Y)"),
        (r"\mathrm{H}\left( X \mid Y \right) \leqslant \operatorname{H}[X]", "H(X|Y) <= H(X)"),
        (r"\mathbb{I}\bigl(X^n \to Y^n\bigr) \ge 0", "DI(X^n->Y^n) >= 0"),
        (r"2\,I(\hat{X};Y) = \frac{1}{2} H(\tilde X) + \tfrac13 H(\bar{Y})", "2 I(Xhat;Y) = 1/2 H(Xtilde) + 1/3 H(Ybar)"),
        (r"\sum_{t=1}^{n} H(X_{t}|X^{t-1}) \geq \sum_{t=1}^n H(X_t \mid X_{1}^{t-1}, Y_{t+1}^{n})", "sum(t=1..n) H(X_t|X^{t-1}) >= sum(t=1..n) H(X_t|X^{t-1},Y_{t+1:n})"),
        (r"H(Y^n \| X^n) \le H(Y^n)", "H(Y^n||X^n) <= H(Y^n)"),
        (r"D(p \| q) \geqslant 0", "D(p||q) >= 0"),
        (r"D_{\mathrm{KL}}(p\|q) \ge 0", "D(p||q) >= 0"),
        (r"X \to Y \to Z", "X->Y->Z"),
        (r"X \leftrightarrow Y \leftrightarrow Z", "X->Y->Z"),
        (r"H(\theta) \cdot 2 \le 3 \times H(\theta, X)", "2*H(theta) <= 3*H(theta,X)"),
        ("I(X;Y) ≥ 0", "I(X;Y) >= 0"),
        ("$I(X;Y) \\geq 0$", "I(X;Y) >= 0"),
        ("(M,X^{i-1},Y^{i-1}) -> X_i -> Y_i for i=1..n", "M,X^{i-1},Y^{i-1} -> X_i -> Y_i for i=1..n"),
        (r"(M) \to (X^n, Y) \to \left(Z\right)", "M -> X^n,Y -> Z"),
        (r"X - Y - \hat{X}", "X -> Y -> Xhat"),
        ("X_t - Y^{t-1} - Z_t for t=1..n", "X_t -> Y^{t-1} -> Z_t for t=1..n"),
        (r"X \perp Z \mid Y", "I(X;Z|Y) = 0"),
        (r"X \perp\!\!\!\perp Z", "I(X;Z) = 0"),
        ("2 I(X;Y) >= 0", "2*I(X;Y) >= 0"),
        ("H(X) <= H(X,Y) = H(X,Y)", "H(X) <= H(X,Y)"),
    ],
)
def test_latex_as_people_write_it(latex: str, text: str) -> None:
    assert shape(parse_claim(latex)[0]) == shape(parse_claim(text)[0])


def test_numbers_stay_exact() -> None:
    (relation,) = parse_claim("1.00000001*H(X) >= 1e-3 H(Y)")
    assert relation.left.as_coeff_Mul()[0] == sympy.Rational(100000001, 100000000)
    assert relation.right.as_coeff_Mul()[0] == sympy.Rational(1, 1000)


def test_a_chain_of_relations_is_one_relation_a_sign() -> None:
    found = parse_claim("H(X|Y) <= H(X) = H(X) <= H(X,Y)")
    assert [relation.op for relation in found] == ["<=", "=", "<="]
    assert [relation.span[0] for relation in found] == [7, 15, 22]


def test_sum_binds_tighter_than_plus() -> None:
    (relation,) = parse_claim("sum(t=1..n) H(X_t) + H(Y) >= 0")
    (grouped,) = parse_claim("[sum(t=1..n) H(X_t)] + H(Y) >= 0")
    assert shape(grouped) == shape(relation)


def test_empty_blocks_vanish() -> None:
    assert parse_expression("H(X^0)") == H()
    assert parse_expression("H(X_{t+1:t},Y)") == H("Y")


def test_claims_are_sympy_objects_that_mix_with_sympy() -> None:
    x, y, z = variables("X Y Z")
    assert parse_expression("2*I(X;Y|Z) - H(X,Y)") == 2 * I(x, y, given=z) - H(x, y)
    a, b = processes("X Y")
    n = sympy.Symbol("n", integer=True)
    assert parse_expression("DI(X^n->Y^n)") == DI(a.upto(n), b[1:n])
    assert str(DI(a.upto(n), b.upto(n)).definition) == "sum(t=1..n) I(X^t;Y_t|Y^{t-1})"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("I(X;Z <= I(X;Y)", 6, "unexpected '<='"),
        ("I(X) <= H(X)", 3, "unexpected ')'"),
        ("1/0*H(X) >= 0", 1, "division by zero"),
        ("H(X) < H(Y)", 5, "strict"),
        ("H(X)*H(Y) >= 0", 4, "not linear"),
        ("H(X_{2t}) >= 0", 3, "not an index"),
        ("R <= H(X)", 0, "R is not a number or a measure"),
        ("X->Y", 1, "three parts"),
        ("I(X;Y] >= 0", 5, "closed by"),
        ("H(X) >=", 7, "ends too early"),
        ("H(X) >= @", 8, "unexpected '@'"),
        ("H() >= 0", 2, "unexpected ')'"),
        ("sum(t=1..n) sum(s=1..n) H(X_s) >= 0", 0, "sum inside a sum"),
        ("DI(X^n->Y) >= 0", 0, "needs a target"),
        ("H(X_0) >= 0", 2, "time starts at 1"),
        ("H(X_1_2) >= 0", 5, "two indices"),
        (r"\frac{1}{0} H(X) \ge 0", 0, "division by zero"),
    ],
)
def test_errors_show_the_place(text: str, column: int, message: str) -> None:
    with pytest.raises(ClaimError) as caught:
        parse_claim(text)
    assert message in caught.value.message
    assert column == caught.value.position
    assert str(caught.value).splitlines()[2].index("^") == column + 2


def test_an_empty_claim_says_what_a_claim_is() -> None:
    with pytest.raises(ClaimError, match="empty claim"):
        parse_claim("  ")


def test_a_tower_of_brackets_is_an_error_of_its_own() -> None:
    with pytest.raises(ClaimError, match="nested too deeply"):
        parse_claim("(" * 5000 + "H(X)" + ")" * 5000 + " >= 0")


def test_a_number_of_astronomic_length_is_refused() -> None:
    with pytest.raises(ClaimError, match="300 digits"):
        parse_claim("1e9999 H(X) >= 0")


def test_nothing_is_evaluated() -> None:
    with pytest.raises(ClaimError):
        parse_claim("__import__('os').system('true') >= 0")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["I(X_t;Y^n) >= 0"], "index t is neither summed, quantified nor the horizon"),
        (["H(X_k) >= 0"], "index k is neither"),
        (["H(X^n) >= H(Y^m)"], "two horizons"),
        (["H(X^n) >= 0", "H(X_n) = 0 for n=1..5"], "quantified in one place and free in another"),
    ],
)
def test_indices_must_be_bound(texts: list[str], message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        find_horizon([relation for text in texts for relation in parse_claim(text)])


def test_the_horizon_is_found() -> None:
    assert str(find_horizon(parse_claim("sum(t=1..T) I(S;U_t|U^{t-1}) = I(S;U^T)"))) == "T"
    assert find_horizon(parse_claim("I(X;Y) >= 0")) is None


def test_canonical_form_cancels_what_is_equal() -> None:
    (relation,) = parse_claim("I(X^n;Y^n) = DI(X^n->Y^n) + DI(Y^{n-1}->X^n)")
    for n in (1, 2, 3):
        assert instantiate(reduce_relation(relation).form, {"n": n}) == {}


def test_co_information_by_inclusion_and_exclusion() -> None:
    (relation,) = parse_claim("I(X;Y;Z) = I(X;Y) - I(X;Y|Z)")
    assert instantiate(reduce_relation(relation).form, {}) == {}
    (other,) = parse_claim("I(X;Y;Z) = 0")
    assert sorted(instantiate(reduce_relation(other).form, {}).values()) == [Fraction(-1)] * 3 + [Fraction(1)] * 4


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("HIDXYZ()[]{}|;,^_=<>+-*/ \\0123456789.tn")) | st.characters(), max_size=40))
def test_garbage_gives_an_error_and_nothing_else(text: str) -> None:
    try:
        parse_claim(text)
    except ClaimError:
        return
