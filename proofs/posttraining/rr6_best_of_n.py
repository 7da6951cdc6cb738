"""Best-of-n moves away from the reference by at most log n - (n-1)/n nats.

Draw n answers from the reference, keep the one of highest reward. Put the answers in the order of reward; an atom takes the ranks from a
to b, so it has probability b - a under the reference and b^n - a^n under best-of-n:
    KL = sum over atoms of (b^n - a^n) log((b^n - a^n)/(b - a)) <= log n - (n-1)/n.

*Why.* Without atoms the rank is uniform, best-of-n has density f(y) = n y^{n-1}, and KL is the integral of f log f: its primitive is
G(y) = y^n log n + (n-1) y^n log y - ((n-1)/n) y^n, with G(0) = 0 and G(1) = log n - (n-1)/n. An atom merges the ranks from a to b,
which loses divergence (F4): (b^n - a^n) log mu <= G(b) - G(a), mu = (b^n - a^n)/(b - a). Directly: the function
G(y) - G(a) - (y^n - a^n) log mu - (y^n - a^n) + mu (y - a) starts at 0 and has slope f log(f/mu) - f + mu >= 0 (F1's tangent at
mu/f); at y = b its last two terms cancel. For the lowest atom a = 0 the difference is b^n (log n - 1 + 1/n) >= 0. The G(b) - G(a) add up to
G(1).

*Equality:* without atoms. With a lowest atom (every finite vocabulary) it is strict for n >= 2, since log n > 1 - 1/n. Answers of equal
reward count as one atom when the kept one is drawn among them as the reference would.

*False:* equality for discrete rewards. Two equally likely outcomes, n = 2: .1308 against .1931.
The formula is from Stiennon et al. 2020; the correction from Beirami et al. 2024.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise

n, a, b, y, mu, x, K, S, P, M = sympy.symbols("n a b y mu x K S P M")
log, exp = sympy.log, sympy.exp


def power(base: sympy.Expr) -> sympy.Expr:
    """base^n for real n, base > 0."""
    return exp(n * log(base))


def primitive(at: sympy.Expr) -> sympy.Expr:
    return power(at) * (log(n) + (n - 1) * log(at) - (n - 1) / n)


tangent = Sign("x - 1 - log x >= 0 for x > 0", x - 1 - log(x), "x", facts=[x > 0])
density = n * power(y) / y
gap = primitive(y) - primitive(a) - (power(y) - power(a)) * log(mu) - (power(y) - power(a)) + mu * (y - a)
ATOM = [n > 0, a > 0, mu > 0, y - a >= 0, y > 0]

slope = Derivative(
    "the slope in y is f log f - f log mu - f + mu, f = n y^{n-1}",
    gap,
    "y",
    density * (log(n) + (n - 1) * log(y)) - density * log(mu) - density + mu,
    facts=[n > 0, a > 0, mu > 0, y > 0],
)
merged = Sign(
    "G(y) - G(a) - (y^n - a^n) log mu - (y^n - a^n) + mu (y - a) >= 0 for y >= a > 0",
    gap,
    "y",
    facts=ATOM,
    at=a,
    lemmas=[(tangent, {"x": mu / density})],
)
atoms = Termwise(
    "sum (b^n - a^n) log mu + [sum (b^n - a^n) - sum mu (b - a)] <= sum (G(b) - G(a)) over the atoms with a > 0; [...] = 0",
    S - K - (P - M),
    sums={
        "S": primitive(b) - primitive(a),
        "K": (power(b) - power(a)) * log(mu),
        "P": power(b) - power(a),
        "M": mu * (b - a),
    },
    point=["a", "b", "mu"],
    facts=[n > 0, a > 0, b > 0, mu > 0, b - a >= 0],
    lemmas=[(merged, {"y": b})],
    shown=gap.subs(y, b),
    latex=r"\sum (b^n - a^n) \log\frac{b^n - a^n}{b - a} \le \sum (G(b) - G(a))",
)
lowest = Sign(
    "(b^n log(b^n/b)) <= G(b) for the lowest atom, a = 0",
    primitive(b) - power(b) * (n - 1) * log(b),
    facts=[n > 0, b > 0],
    lemmas=[(tangent, {"x": 1 / n})],
    shown=power(b) * (1 / n - 1 - log(1 / n)),
    latex=r"b^n \log b^{n-1} \le G(b)",
)
two = sympy.Rational(1, 4) * log(sympy.Rational(1, 2)) + sympy.Rational(3, 4) * log(sympy.Rational(3, 2))

RR6 = Theorem(
    "RR6",
    title="Best-of-n: KL <= log n - (n-1)/n, equal without atoms, strict on every finite vocabulary",
    depends=["F1", "F4"],
    steps=[
        Step(tangent, "as in F1"),
        Step(slope, "school calculus"),
        Step(merged, "from 0 at y = a upwards: the slope is f (mu/f - 1 - log(mu/f)) >= 0"),
    ],
    claims=[
        Derivative(
            "no atoms: G' = f log f, f = n y^{n-1} the density of the rank of the best of n",
            primitive(y),
            "y",
            density * (log(n) + (n - 1) * log(y)),
            facts=[n > 0, y > 0],
            latex=r"G'(y) = n y^{n-1} \log(n y^{n-1})",
        ),
        Identity(
            "no atoms: KL = G(1) - G(0) = log n - (n-1)/n",
            primitive(y).subs(y, 1),
            log(n) - (n - 1) / n,
            facts=[n > 0],
            latex=r"\mathrm{KL} = \log n - \frac{n-1}{n}",
        ),
        atoms,
        lowest,
        Sign(
            "strict at the lowest atom: log n - 1 + 1/n >= 0, = 0 only at n = 1",
            log(n) - 1 + 1 / n,
            "n",
            facts=[n > 0],
            at=1,
            strict=True,
            latex=r"\log n - \frac{n-1}{n} > 0 \text{ for } n > 1",
        ),
    ],
    variants=[
        Variant(
            Identity(
                "equality for discrete rewards: two equally likely outcomes, n = 2: 1/4 log 1/2 + 3/4 log 3/2 = log 2 - 1/2",
                two,
                log(2) - sympy.Rational(1, 2),
            ),
            why=".1308 against .1931: ties waste draws",
        ),
        Variant(
            Sign(
                "KL <= log n - 1, without atoms",
                log(n) - 1 - (log(n) - (n - 1) / n),
                facts=[n > 0],
            ),
            why="(n-1)/n is less than 1",
        ),
        Variant(
            Sign(
                "at least log n - (n-1)/n for an atom that is all: 0 >= log n - (n-1)/n",
                (n - 1) / n - log(n),
                facts=[n >= 1],
            ),
            why="a constant reward: best-of-n is the reference",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Stiennon et al. 2020; Beirami et al. 2024",
        paper="best-of-n sampling as post-training without training",
        differences="an upper bound; equality only where the reward has no atoms",
    ),
)
