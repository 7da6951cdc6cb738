"""Gromov-Wasserstein: the distance between the shapes of two embeddings.

GW = min over couplings T of sum T_ij T_kl (d(x_i,x_k) - d'(y_j,y_l))^2. It is zero iff the two are isometric as measured spaces (a point weighs as much as
the point that it goes to; points at distance 0 count as one), so it does not see
rotations, shifts and relabellings; and if an embedding changes no distance by more than e, GW <= e^2.

*Why.* Zero means that all distances match wherever T > 0. An embedding x_i -> y_i gives the coupling that follows it, whose every term is at most e^2.
For uniform weights and distances of negative type (Euclidean ones) the objective is concave over couplings, so a permutation is best (Birkhoff).

*What a solver says.* The problem is not convex. POT's solver stops at local optima: its value is an *upper* bound. Memoli's lower bounds, the third above the first
and second, close the bracket from below; none of them decides isometry.

*Limits.* Finite spaces; compared with enumeration over permutations for up to six points. Other weights are sixths: a point of weight k/6 is k points at
distance 0 from each other, which changes no distortion and leaves uniform weights; the package sees the weights, the enumeration the six points.
*False:* that the local solver finds the minimum; that equal distributions of distances make GW zero ({0,1,4,10,12,17} and {0,1,8,11,13,17}, Bloom 1977); a smaller
constant than 1 before e^2. Memoli 2011; Peyre, Cuturi and Solomon 2016.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.tested import Tested


def isometric(x: Any, y: Any) -> bool:
    """Whether whole-number points match, all squared distances exactly, under some relabelling."""
    a, b = ([[sum((s - t) ** 2 for s, t in zip(p, q, strict=True)) for q in z] for p in z] for z in (x, y))
    n = len(a)
    return any(all(a[i][k] == b[o[i]][o[k]] for i in range(n) for k in range(i)) for o in permutations(range(n)))


def zero_iff_isometric(case: tuple[list[list[int]], list[list[int]]]) -> str | None:
    from semtheory.measures import gromov_wasserstein

    x, y = case
    found, same = gromov_wasserstein(x, y), isometric(x, y)
    if same != (found.lower <= 1e-20 and found < 1e-20):
        return f"GW in [{found.lower:.3g}, {found.upper:.3g}], isometric: {same}"
    return None


def six_points(points: list[list[int]], counts: list[int]) -> list[list[int]]:
    return [point for point, count in zip(points, counts, strict=True) for _ in range(count)]


def zero_iff_isometric_with_weights(case: tuple[list[list[int]], list[int], list[list[int]], list[int]]) -> str | None:
    """Weights in sixths: the bracket against the least distortion over all permutations of the six copies, and 0 iff these are isometric."""
    from semtheory.measures import gromov_wasserstein

    x, p, y, q = case
    found = gromov_wasserstein(x, y, [k / 6 for k in p], [k / 6 for k in q])
    copies = [six_points(x, p), six_points(y, q)]
    a, b = (np.linalg.norm(np.array(z)[:, None] - np.array(z), axis=-1) for z in copies)
    orders = np.array(list(permutations(range(6))))
    least = float(((a - b[orders[:, :, None], orders[:, None, :]]) ** 2).mean(axis=(1, 2)).min())
    if not found.lower - 1e-9 <= least <= found.upper + 1e-9:
        return f"GW in [{found.lower:.9f}, {found.upper:.9f}], least over the copies {least:.9f}"
    if isometric(*copies) != (least < 1e-20):
        return f"least over the copies {least:.3g}, isometric: {isometric(*copies)}"
    return None


def blind_to_coordinates(case: tuple[list[list[int]], int]) -> str | None:
    """Rotated, reflected, shifted and relabelled, against itself and against another shape."""
    from semtheory.measures import gromov_wasserstein

    x, seed = np.array(case[0], dtype=float), case[1]
    chance = np.random.default_rng(seed)
    turned = (x @ np.linalg.qr(chance.normal(size=(2, 2)))[0] + chance.normal(size=2))[chance.permutation(len(x))]
    other = chance.normal(size=x.shape)
    itself, before, after = (
        gromov_wasserstein(x, turned),
        gromov_wasserstein(x, other),
        gromov_wasserstein(turned, other),
    )
    scale = 1 + float(np.abs(x).max()) ** 2
    if itself > 1e-12 * scale:
        return f"GW of a turned copy is {float(itself):.3g}"
    return (
        None
        if abs(before - after) < 1e-11 * scale
        else f"against another shape {float(before):.12g}, turned {float(after):.12g}"
    )


def bounded_by_distortion(case: tuple[list[list[int]], int], constant: float = 1.0) -> str | None:
    from scipy.spatial.distance import pdist

    from semtheory.measures import gromov_wasserstein

    x = np.array(case[0], dtype=float)
    y = x + np.random.default_rng(case[1]).normal(size=x.shape) / 4
    return _distorted(gromov_wasserstein(x, y), float(np.abs(pdist(x) - pdist(y)).max()), constant)


def _distorted(found: float, e: float, constant: float) -> str | None:
    return None if found <= constant * e**2 + 1e-12 else f"GW = {found:.6g} > {constant:g} e^2 = {constant * e**2:.6g}"


def half_is_enough(points: int) -> str | None:
    """Equilateral spaces of sides 1 and 2, e = 1."""
    from semtheory.measures import gromov_wasserstein

    simplex = 1 - np.eye(points)
    return _distorted(float(gromov_wasserstein(simplex, 2 * simplex, metric="precomputed")), 1.0, 0.5)


def permutation_is_best(case: tuple[list[list[int]], list[list[int]], int]) -> str | None:
    """Random couplings never do better than the best permutation; the lower bounds lie below it, the third above the others."""
    from semtheory.measures import gromov_wasserstein
    from semtheory.measures.transport import distortion, gromov_bounds

    x, y, seed = case
    found = gromov_wasserstein(x, y)
    a, b = (np.linalg.norm(np.array(z)[:, None] - np.array(z), axis=-1) for z in (x, y))
    n, chance = len(a), np.random.default_rng(seed)
    for _ in range(20):
        shares = chance.dirichlet(np.full(4, 0.5))
        plan = sum(s * np.eye(n)[chance.permutation(n)] for s in shares) / n
        if distortion(a, b, np.asarray(plan)) < found.lower - 1e-9:
            return f"a coupling with {distortion(a, b, np.asarray(plan)):.9f}, best permutation {float(found):.9f}"
    bounds = gromov_bounds(x, y)
    if bounds["third"] > found + 1e-9:
        return f"third lower bound {bounds['third']:.9f} > {float(found):.9f}"
    return (
        None
        if bounds["third"] >= max(bounds.values()) - 1e-9
        else f"the third lower bound is not the largest: {bounds}"
    )


def local_value(case: tuple[Any, Any]) -> float:
    """POT's solver from its default start."""
    from semtheory.measures.transport import pot

    a, b = (np.linalg.norm(np.array(z)[:, None] - np.array(z), axis=-1) for z in case)
    p = np.full(len(a), 1 / len(a))
    return float(pot().gromov.gromov_wasserstein2(a, b, p, p, "square_loss"))


def local_is_above(case: tuple[Any, Any]) -> str | None:
    from semtheory.measures import gromov_wasserstein

    found, local = gromov_wasserstein(*case), local_value(case)
    return None if local >= found.lower - 1e-9 else f"POT {local:.9f} < {found.lower:.9f}"


def local_is_least(case: tuple[Any, Any]) -> str | None:
    from semtheory.measures import gromov_wasserstein

    found, local = gromov_wasserstein(*case), local_value(case)
    return None if local <= found + 1e-9 else f"POT {local:.6f}, least over permutations {float(found):.6f}"


def same_distances(case: tuple[Any, Any]) -> str | None:
    """Equal distributions of distances (second lower bound 0) against GW = 0."""
    from semtheory.measures import gromov_wasserstein
    from semtheory.measures.transport import gromov_bounds

    found, second = gromov_wasserstein(*case), gromov_bounds(*case)["second"]
    return None if (second < 1e-12) == (found < 1e-12) else f"second lower bound {second:.3g}, GW = {float(found):.6f}"


def points(size: int) -> Any:
    from hypothesis import strategies as st

    return st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=size, max_size=size)


def pairs(*more: Any) -> Any:
    from hypothesis import strategies as st

    return st.integers(2, 5).flatmap(lambda n: st.tuples(points(n), points(n), *more))


def weighted() -> Any:
    from hypothesis import strategies as st

    counts = st.integers(2, 4).flatmap(
        lambda n: st.lists(st.integers(1, 5), min_size=n, max_size=n).filter(lambda c: sum(c) == 6)
    )
    def turned(side: tuple[Any, Any]) -> Any:
        order = st.permutations(range(len(side[1])))
        return order.map(lambda o: ([[1 - side[0][k][1], side[0][k][0] - 2] for k in o], [side[1][k] for k in o]))

    side = counts.flatmap(lambda c: st.tuples(points(len(c)), st.just(c)))
    return side.flatmap(lambda x: st.one_of(side, turned(x)).map(lambda y: (*x, *y)))


def shapes() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(2, 6).flatmap(points), st.integers(0, 10**6))


def with_seed() -> Any:
    from hypothesis import strategies as st

    return pairs(st.integers(0, 10**6))


HOMOMETRIC = ([[0], [1], [4], [10], [12], [17]], [[0], [1], [8], [11], [13], [17]])
TRIANGLE = [[0, 0], [3, 0], [0, 4]]
TURNED = [[4, 0], [0, 0], [0, 3]]  # the same, its corners in the order 3, 1, 2
MIRRORED = ([[0, 0], [1, 0], [3, 2], [0, 2]], [[0, 0], [0, 1], [2, 3], [2, 0]])
CAUGHT = ([[4, 0], [3, 1], [0, 2], [2, 4]], [[3, 3], [2, 3], [2, 0], [3, 2]])  # POT 2.2358, least 1.9541

SE2 = Theorem(
    "SE2",
    title="Gromov-Wasserstein: zero iff isometric, blind to rotation and labels, at most the squared distortion",
    target="tested",
    claims=[
        Tested(
            "uniform weights: GW = 0 iff isometric (whole-number points, isometry decided exactly)",
            r"\mathrm{GW} = 0 \iff \text{isometric}",
            zero_iff_isometric,
            draw=pairs,
            instances=[MIRRORED, HOMOMETRIC],
        ),
        Tested(
            "weights in sixths: the bracket of GW (above by a local solver) holds the least over all permutations of six copies, which is 0 iff the weighted spaces are isometric",
            r"\mathrm{GW} = 0 \iff \text{isometric as measured spaces}",
            zero_iff_isometric_with_weights,
            draw=weighted,
            instances=[
                (TRIANGLE, [1, 2, 3], TURNED, [3, 1, 2]),
                (TRIANGLE, [1, 2, 3], TURNED, [1, 2, 3]),
                (TRIANGLE, [2, 2, 2], TURNED, [1, 2, 3]),
                ([[0, 0], [0, 0], [1, 0]], [1, 2, 3], [[0, 0], [1, 0]], [3, 3]),
            ],
            examples=5,
            most=60,
        ),
        Tested(
            "GW does not see rotation, reflection, shift and relabelling",
            r"\mathrm{GW}(QX\Pi + c, Y) = \mathrm{GW}(X, Y)",
            blind_to_coordinates,
            draw=shapes,
        ),
        Tested(
            "GW <= e^2 when no distance changes by more than e",
            r"|d - d'| \le e \implies \mathrm{GW} \le e^2",
            bounded_by_distortion,
            draw=shapes,
        ),
        Tested(
            "uniform weights, Euclidean distances: no coupling beats the best permutation; Memoli's lower bounds lie below, the third the largest",
            r"\min_T \mathrm{GW}(T) = \min_\sigma \mathrm{GW}(\sigma)",
            permutation_is_best,
            draw=with_seed,
        ),
        Tested(
            "POT's local value is an upper bound",
            r"\mathrm{GW}_{\mathrm{POT}} \ge \min_T \mathrm{GW}(T)",
            local_is_above,
            draw=pairs,
            instances=[CAUGHT],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "POT's local solver finds the minimum",
                r"\mathrm{GW}_{\mathrm{POT}} = \min_T \mathrm{GW}(T)",
                local_is_least,
                instances=[CAUGHT],
            ),
            why="the objective is concave here: many couplings are local minima",
        ),
        Variant(
            Tested(
                "GW = 0 iff the distances have the same distribution",
                r"\mathrm{GW} = 0 \iff \text{equal distance distributions}",
                same_distances,
                instances=[HOMOMETRIC],
            ),
            why="homometric sets: all distances alike, no isometry",
        ),
        Variant(
            Tested(
                "GW <= e^2/2",
                r"\mathrm{GW} \le e^2/2",
                half_is_enough,
                instances=[2, 3],
            ),
            why="n equidistant points, side changed by e: (1 - 1/n) e^2",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Memoli 2011; Peyre, Cuturi and Solomon 2016",
        paper="semantic embeddings compared by their geometry, whatever their coordinates",
        differences="finite spaces and squared loss; compared with exact enumeration, and bracketed where that is out of reach; weights that are "
        "not uniform are sixths",
    ),
)
