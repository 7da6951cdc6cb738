"""How many random patterns an attention memory keeps: closed forms of Lucibello and Mezard's variational problem.

P = e^{alpha N} random patterns. Pattern 1 is kept while lambda |xi^1|^2/N > (1/N) log sum over mu > 1 of e^{lambda xi^1.xi^mu}. Of the others a share e^{-N I(q)} has overlap q with it, so
the right side tends to the largest alpha - I(q) + lambda q over q with alpha - I(q) >= 0 (random-energy model).
    Spherical, |xi|^2 = N, I = -log(1 - q^2)/2: alpha_c = (1 + 2 lambda - s - log((s-1)/(2 lambda^2)))/2, s = sqrt(1 + 4 lambda^2).
    Gaussian, typical pattern, I = q^2/2: lambda - lambda^2/2 for lambda < 1, 1/2 beyond.
    Gaussian, all patterns (the worst has |xi|^2 = rho N, of which there are e^{N (alpha - (rho - 1 - log rho)/2)}): alpha = rho (lambda - lambda^2/2) = (rho - 1 - log rho)/2, rho < 1;
    for lambda >= 1, 1/(2e).

*Why.* The maximum over q lies where I'(q) = lambda: q = lambda for Gaussian patterns, lambda = q/(1 - q^2) on the sphere, where s = (1 + q^2)/(1 - q^2). There alpha - I(q) = lambda (1 - q) > 0, resp.
lambda (1 - lambda) for lambda <= 1; beyond, the constraint binds, the maximum is lambda sqrt(2 alpha), and 2 alpha < 1 is what keeps the pattern.

*Limits.* The random-energy limit itself (sums of e^{alpha N} independent terms) is taken from the source, not proved here; the tests simulate it at finite N.
*False:* lambda - lambda^2/2 for every lambda; a typical Gaussian pattern kept means that all are; one half from the sphere. Lucibello and Mezard 2024.
"""

from __future__ import annotations

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign
from semtheory.logic.tested import Tested

q, m, l, a, w = sympy.symbols("q m lam alpha w")
log, exp = sympy.log, sympy.exp
half = sympy.Rational(1, 2)
SPHERE = [q > 0, 1 - q > 0, 1 + q > 0]
left = (1 - q) * (1 + q)  # 1 - q^2, its sign evident
slope = q / left  # lambda at the maximum q
root = (1 + q**2) / left  # s there


def entropy(x: sympy.Expr) -> sympy.Expr:
    """log(1 - x^2)/2."""
    return (log(1 - x) + log(1 + x)) / 2


free = entropy(q) + slope * q - entropy(m) - slope * m


def same_for_all(lam: str) -> str | None:
    from semtheory.bounds import gaussian_memory_capacity

    typical, every = gaussian_memory_capacity(lam), gaussian_memory_capacity(lam, every=True)
    return (
        None
        if typical.lower <= every.upper
        else f"lambda = {lam}: typical {float(typical):.4f}, all {float(every):.4f} nats"
    )


def still_kept(case: tuple[float, float]) -> str | None:
    """At a load above the formula's, simulated at N = 24."""
    from semtheory.bounds import kept_fraction, spherical_memory_capacity

    lam, excess = case
    alpha = float(spherical_memory_capacity(lam)) + excess
    found = kept_fraction(24, alpha, lam, trials=5)
    return None if found >= 0.5 else f"alpha = {alpha:.3f}: kept in {found:.0%} of the trials"


MC5 = Theorem(
    "MC5",
    title="Exponential memories: spherical and Gaussian capacities in closed form from the variational formula",
    steps=[
        Step(Derivative("I' = q/(1 - q^2) for I = -log(1 - q^2)/2", -entropy(q), "q", slope, facts=SPHERE), "so lambda = q/(1 - q^2)"),
        Step(Identity("s = sqrt(1 + 4 lambda^2) = (1 + q^2)/(1 - q^2): its square", 1 + 4 * slope**2, root**2, facts=SPHERE), "both are positive"),
        Step(Identity("2/(s + 1) = 1 - q^2", 2 / (root + 1), left, facts=SPHERE), "school algebra"),
        Step(Identity("(s - 1)/(2 lambda^2) = 1 - q^2", (root - 1) / (2 * slope**2), left, facts=SPHERE), "school algebra"),
    ],
    claims=[
        Sign(
            "sphere: log(1 - m^2)/2 + lambda m is largest at m = q, lambda = q/(1 - q^2)",
            free, "m", facts=[*SPHERE, m > 0, 1 - m > 0, 1 + m > 0], at=q,
            latex=r"\max_m \tfrac12\ln(1-m^2) + \lambda m \text{ at } \lambda = \tfrac{q}{1-q^2}",
        ),
        Sign("and falls for m <= 0: log(1 - m^2)/2 - lambda m, m >= 0, is at most 0", -entropy(m) + l * m, "m", facts=[l > 0, m >= 0, 1 - m > 0, 1 + m > 0], at=0),
        Identity(
            "sphere: alpha_c = lambda - lambda q - log(1 - q^2)/2 = (1 + 2 lambda - s + log(1/(1 - q^2)))/2, where 1/(1 - q^2) = (1+s)/2",
            slope - slope * q - entropy(q), (1 + 2 * slope - root + log(1 / left)) / 2, facts=SPHERE,
            latex=r"\alpha_c = \tfrac12\left[1 + 2\lambda - s - \ln\tfrac{s-1}{2\lambda^2}\right],\ s = \sqrt{1 + 4\lambda^2}",
        ),
        Sign("sphere: at alpha_c the maximum is allowed, alpha - I = lambda (1 - q) > 0", slope * (1 - q), facts=SPHERE, relation=">"),
        Sign("Gaussian: -q^2/2 + lambda q <= lambda^2/2, equal at q = lambda", l**2 / 2 + q**2 / 2 - l * q, shown=(l - q) ** 2 / 2),
        Identity("Gaussian, lambda < 1: alpha + lambda^2/2 = lambda at alpha = lambda - lambda^2/2", (l - l**2 / 2) + l**2 / 2, l, latex=r"\alpha_1 = \lambda - \lambda^2/2"),
        Sign("allowed for lambda < 1: alpha - lambda^2/2 = lambda (1 - lambda) > 0", (l - l**2 / 2) - l**2 / 2, facts=[l > 0, 1 - l > 0], relation=">", shown=l * (1 - l)),
        Sign("Gaussian, lambda > 1: under q^2 <= 2 alpha < 1 every q leaves lambda q - q^2/2 + alpha < lambda", l - (l * q - q**2 / 2 + a), "q", facts=[l - 1 > 0, q > 0, 1 - q > 0, half - a > 0], relation=">", shown=(l - 1) * (1 - q) + (1 - q) ** 2 / 2 + (half - a)),
        Identity(
            "all patterns: rho (1 - (1-lambda)^2)/2 = (rho - 1 - log rho)/2 at rho = e^{-1-w}, where w e^{w+1} = -(1-lambda)^2: W's equation",
            exp(-1 - w) * (1 + w * exp(w + 1)) / 2, (exp(-1 - w) - 1 - log(exp(-1 - w))) / 2,
            latex=r"\alpha = \rho(\lambda - \lambda^2/2) = (\rho - 1 - \ln\rho)/2,\ \rho = e^{-1-W(-(1-\lambda)^2/e)}",
        ),
        Identity("all patterns, lambda >= 1: alpha = rho/2 = (rho - 1 - log rho)/2 at rho = 1/e: 1/(2e)", (exp(-1) - 1 - log(exp(-1))) / 2, exp(-1) / 2, latex=r"\alpha = 1/(2e)"),
    ],
    variants=[
        Variant(Sign("lambda - lambda^2/2 for every lambda: at least 1/2 beyond 1", l - l**2 / 2 - half, facts=[l > 1]), why="the maximum leaves the allowed overlaps: the capacity stays 1/2"),
        Variant(Tested("a typical Gaussian pattern kept means that all are", r"\alpha_1 = \alpha_c", same_for_all, instances=["1/2", "1"]), why=".375 against .1527 at lambda = .5, 1/2 against 1/(2e) at 1: the shortest pattern goes first"),
        Variant(Tested("patterns are kept beyond alpha_c", r"\alpha > \alpha_c", still_kept, instances=[(0.5, 0.08)]), why="none is, .08 above"),
        Variant(Identity("sphere without the 1/2: alpha_c = lambda (1 - q) - log(1 - q^2)", slope * (1 - q) - entropy(q), slope * (1 - q) - 2 * entropy(q), facts=SPHERE), why="a coordinate of a sphere has density (1 - q^2)^{N/2}"),
    ],
    fidelity=Fidelity("specialisation", source="Lucibello and Mezard 2024", paper="exponential capacity of dense associative memories", differences="the closed forms follow from the random-energy formula, which is taken over; lambda multiplies xi.xi for |xi|^2 = N"),
)  # fmt: skip
