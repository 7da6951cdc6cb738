"""Laws of a network found by sampling simple rational kernels, and by minimising the target over all kernels.

Joint laws are float arrays here, (samples, sizes of the variables in network order); whatever looks like a violation is
rounded to rational kernels, which keeps the network's assumptions exact, and is confirmed exactly by the caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.logic.distribution import Distribution
from semtheory.logic.refuter_networks import Kernels, Structure, joint_laws, parent_values
from semtheory.logic.result import Deadline
from semtheory.notation.linear import CONSTANT, Atom, ConcreteProblem, Linear

Array = NDArray[np.float64]
Key = tuple[str, str]  # (law that owns the kernel, variable)
Laws = dict[str, Distribution]

LARGEST_JOINT = 4096
FLOOR = 1e-9  # least probability while minimising, so that cross entropies stay finite
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 48, 100, 1000, 10**5, 10**8)


class Space:
    """The kernels of a structure with given alphabet sizes, and the forms of a problem as functions of them."""

    def __init__(self, problem: ConcreteProblem, structure: Structure, sizes: Mapping[str, int]) -> None:
        self.problem, self.structure, self.sizes = problem, structure, dict(sizes)
        self.order = structure.order
        self.axis = {name: i + 1 for i, name in enumerate(self.order)}
        self.keys: list[Key] = list(
            dict.fromkeys((structure.owner[law, name], name) for law in structure.networks for name in self.order)
        )
        self.shapes = {
            (law, name): (*(self.sizes[p] for p in structure.networks[law].parents[name]), self.sizes[name])
            for law, name in self.keys
        }

    @property
    def joint_size(self) -> int:
        return int(np.prod([self.sizes[name] for name in self.order]))

    @property
    def parameters(self) -> int:
        """Entries of all kernels."""
        return sum(int(np.prod(shape)) for shape in self.shapes.values())

    def _spread(self, law: str, name: str, kernel: Array) -> Array:
        """A kernel (samples, parents, own) with an axis of length 1 for every other variable."""
        inside = {*self.structure.networks[law].parents[name], name}
        return kernel.reshape(kernel.shape[0], *(self.sizes[v] if v in inside else 1 for v in self.order))

    def joints(self, kernels: Mapping[Key, Array]) -> dict[str, Array]:
        """(samples, sizes) joint law of each name."""
        result = {}
        for law in self.structure.networks:
            joint = np.ones((1,) * (len(self.order) + 1))
            for name in self.order:
                owner = self.structure.owner[law, name]
                joint = joint * self._spread(owner, name, kernels[owner, name])
            result[law] = joint
        return result

    def marginal(self, joint: Array, names: frozenset[str]) -> Array:
        """Sums over all other variables, axes kept."""
        return joint.sum(axis=tuple(self.axis[v] for v in self.order if v not in names), keepdims=True)

    def values(self, joints: Mapping[str, Array], forms: list[Linear]) -> Array:
        """(forms, samples) value of each form; inf or nan where a cross entropy is infinite or undefined."""
        atoms: dict[object, Array] = {}
        count = next(iter(joints.values())).shape[0]
        result = np.zeros((len(forms), count))
        with np.errstate(divide="ignore", invalid="ignore"):
            for i, form in enumerate(forms):
                for atom, value in form.items():
                    if atom == CONSTANT:
                        result[i] += float(value)
                        continue
                    if atom not in atoms:
                        weight = self.marginal(joints[atom[0]], atom[2])
                        other = self.marginal(joints[atom[1]], atom[2])
                        terms = np.where(weight > 0, -weight * np.log(other), 0.0)
                        atoms[atom] = terms.reshape(count, -1).sum(axis=1)
                    result[i] += float(value) * atoms[atom]
        return result

    def gradient(self, joints: Mapping[str, Array], form: Mapping[Atom, float]) -> dict[str, Array]:
        """Derivative of a form by the entries of each joint law (one sample), arrays that broadcast to the joint."""
        result: dict[str, Array] = {law: np.zeros((1,) * (len(self.order) + 1)) for law in joints}
        for atom, value in form.items():
            if atom == CONSTANT:
                continue
            weight = self.marginal(joints[atom[0]], atom[2])
            other = np.maximum(self.marginal(joints[atom[1]], atom[2]), 1e-300)
            result[atom[0]] = result[atom[0]] - float(value) * np.log(other)
            result[atom[1]] = result[atom[1]] - float(value) * weight / other
        return result

    def laws(self, kernels: Mapping[Key, NDArray[Any]]) -> Laws:
        """Exact laws of kernels given by non-negative integer weights, one sample: rows are normalised exactly."""
        exact: Kernels = {}
        for law, name in self.keys:
            rows = kernels[law, name].reshape(-1, self.sizes[name])
            exact[law, name] = {
                outcome: tuple(Fraction(int(w), int(row.sum())) for w in row)
                for outcome, row in zip(
                    parent_values(self.structure.networks[law], name, self.sizes), rows, strict=True
                )
            }
        return joint_laws(self.structure, exact)


def random_weights(space: Space, count: int, rng: np.random.Generator) -> dict[Key, NDArray[np.int64]]:
    """Kernels as small integer weights, (count, parents, own): point masses, fair choices and simple biases mixed."""
    result = {}
    for key in space.keys:
        shape = (count, *space.shapes[key])
        weights = rng.choice(np.array([0, 0, 1, 1, 1, 2, 3, 4]), size=shape)
        # Per sample and kernel: 0 as drawn, 1 zero or one (fair on a subset), 2 a function.
        mode = rng.integers(0, 3, size=(count,) + (1,) * (len(shape) - 1))
        weights = np.where(mode == 1, np.minimum(weights, 1), weights)
        single = np.arange(shape[-1]) == rng.integers(0, shape[-1], size=(*shape[:-1], 1))
        deterministic = key[1] in space.structure.networks[key[0]].functions
        weights = np.where((mode == 2) | deterministic | (weights.sum(axis=-1, keepdims=True) == 0), single, weights)
        result[key] = weights.astype(np.int64)
    return result


def normalised(weights: Mapping[Key, NDArray[np.int64]]) -> dict[Key, Array]:
    """Rows divided by their sums."""
    return {key: w / w.sum(axis=-1, keepdims=True) for key, w in weights.items()}


def sampled(space: Space, sign: int, count: int, rng: np.random.Generator, deadline: Deadline) -> Iterator[Laws]:
    """Laws with simple random kernels that seem to violate `sign * target >= 0` and to meet the assumptions, worst first."""
    forms = [space.problem.target, *space.problem.zero, *space.problem.nonneg]
    zeros = len(space.problem.zero)
    scale = size_of(space.problem.target)
    batch = max(1, min(count, 400_000 // space.joint_size))
    for _ in range(-(-count // batch)):
        deadline.check()
        weights = random_weights(space, batch, rng)
        values = space.values(space.joints(normalised(weights)), forms)
        with np.errstate(invalid="ignore"):
            good = np.isfinite(values).all(axis=0) & (sign * values[0] < -1e-9 * scale)
            good &= (np.abs(values[1 : 1 + zeros]) < 1e-9).all(axis=0) & (values[1 + zeros :] > -1e-9).all(axis=0)
        hits = np.flatnonzero(good)
        for hit in hits[np.argsort(sign * values[0, hits], kind="stable")][:20]:
            yield space.laws({key: w[hit] for key, w in weights.items()})


def size_of(form: Linear) -> float:
    """Largest coefficient, for tolerances."""
    return max((abs(float(v)) for v in form.values()), default=1.0)


def minimised(
    space: Space, sign: int, starts: int, rng: np.random.Generator, deadline: Deadline, iterations: int = 150
) -> Iterator[Laws]:
    """Laws near local minima of `sign * target / total entropy`, assumptions `form >= 0` as penalties, rounded coarsely first.

    The quotient keeps the search away from laws without entropy, where most targets vanish.
    """
    total_entropy: Linear = {(law, law, frozenset(space.order)): Fraction(1) for law in space.structure.networks}
    forms = [space.problem.target, total_entropy, *space.problem.nonneg]
    scale = size_of(space.problem.target)
    free = [key for key in space.keys if key[1] not in space.structure.networks[key[0]].functions]
    for start in range(starts):
        weights = normalised(random_weights(space, 1, rng))
        theta = np.concatenate([np.zeros(0), *(_logits(weights[key], start, rng) for key in free)])

        def unpack(flat: Array, weights: Mapping[Key, Array] = weights) -> dict[Key, Array]:
            kernels, at = dict(weights), 0
            for key in free:
                size = int(np.prod(space.shapes[key]))
                part = flat[at : at + size].reshape(1, *space.shapes[key])
                part = np.exp(part - part.max(axis=-1, keepdims=True))
                part = part / part.sum(axis=-1, keepdims=True)
                kernels[key] = (part + FLOOR) / (1 + FLOOR * part.shape[-1])
                at += size
            return kernels

        def objective(flat: Array, unpack: Callable[[Array], dict[Key, Array]] = unpack) -> tuple[float, Array]:
            deadline.check()
            kernels = unpack(flat)
            joints = space.joints(kernels)
            values = space.values(joints, forms)[:, 0]
            # A claim with a constant is not homogeneous, and is minimised as it is.
            size = 1.0 if CONSTANT in forms[0] else values[1] + 0.02
            total = sign * values[0] / scale / size
            factors = [sign / scale / size, 0.0 if CONSTANT in forms[0] else -total / size]
            for value in values[2:]:
                lack = max(0.0, 1e-3 - value)
                total += 100 * lack**2
                factors.append(-200 * lack)
            if not np.isfinite(total):
                return 1e6, np.zeros_like(flat)
            combined: dict[Atom, float] = {}
            for form, factor in zip(forms, factors, strict=True):
                for atom, value in form.items():
                    combined[atom] = combined.get(atom, 0.0) + factor * float(value)
            slopes = space.gradient(joints, combined)
            parts = []
            for owner, name in free:
                total_slope = np.zeros((1, *space.shapes[owner, name]))
                for law in space.structure.networks:
                    if space.structure.owner[law, name] == owner:
                        inside = frozenset({*space.structure.networks[owner].parents[name], name})
                        moved = space.marginal(slopes[law] * joints[law], inside)
                        total_slope += moved.reshape(1, *space.shapes[owner, name])
                kernel = kernels[owner, name]
                soft = kernel * (1 + FLOOR * kernel.shape[-1]) - FLOOR
                slope = soft * total_slope / kernel / (1 + FLOOR * kernel.shape[-1])
                parts.append((slope - soft * slope.sum(axis=-1, keepdims=True)).ravel())
            return float(total), np.concatenate([np.zeros(0), *parts])

        lowest, place = descend(objective, theta, iterations)
        if lowest < -1e-8:
            yield from rounded(space, sign, unpack(place), deadline)


def descend(
    objective: Callable[[Array], tuple[float, Array]], place: Array, iterations: int, memory: int = 8
) -> tuple[float, Array]:
    """A local minimum of `objective` (value, slope) by L-BFGS with backtracking: its value and place.

    SciPy's own wakes BLAS threads for these few hundred numbers, which costs more than it saves on shared cores.
    """
    value, slope = objective(place)
    pairs: deque[tuple[Array, Array, float]] = deque(maxlen=memory)
    for _ in range(iterations):
        direction = -slope
        factors = []
        for move, change, curvature in reversed(pairs):
            factors.append(float(move @ direction) / curvature)
            direction = direction - factors[-1] * change
        if pairs:
            direction = direction * (pairs[-1][2] / float(pairs[-1][1] @ pairs[-1][1]))
        for move, change, curvature in pairs:
            direction = direction + (factors.pop() - float(change @ direction) / curvature) * move
        descent = float(direction @ slope)
        if descent > -1e-16:
            break
        step = 1.0 if pairs else min(1.0, 1.0 / float(np.sqrt(slope @ slope)))
        trial, new_slope = objective(place + step * direction)
        while trial > value + 1e-4 * step * descent and step > 1e-8:
            step /= 2
            trial, new_slope = objective(place + step * direction)
        if not trial < value - 1e-11:
            break
        move, change = step * direction, new_slope - slope
        if (curvature := float(move @ change)) > 1e-12 * float(change @ change):
            pairs.append((move, change, curvature))
        place, value, slope = place + move, trial, new_slope
    return value, place


def _logits(kernel: Array, start: int, rng: np.random.Generator) -> Array:
    """Starting point: near a random structured kernel, or anywhere."""
    noise = rng.normal(size=kernel.size) * (0.3 if start % 2 else 1.5)
    return np.asarray(np.log(kernel.ravel() + 0.05) * (start % 2) + noise)


def rounded(space: Space, sign: int, kernels: Mapping[Key, Array], deadline: Deadline) -> Iterator[Laws]:
    """Exact laws near `kernels`: denominators from 1 up, yielded where the violation survives in floats."""
    forms = [space.problem.target, *space.problem.nonneg]
    for denominator in DENOMINATORS:
        deadline.check()
        plain = {key: _round_rows(kernel[0], denominator)[None] for key, kernel in kernels.items()}
        # A second try with no new zeros, since a zero under q makes D(p||q) infinite.
        full = {key: np.where(kernels[key] > 0, np.maximum(w, 1), w) for key, w in plain.items()}
        for weights in (plain, full):
            values = space.values(space.joints(normalised(weights)), forms)[:, 0]
            if np.isfinite(values).all() and sign * values[0] < -1e-12 and (values[1:] > -1e-12).all():
                yield space.laws({key: w[0] for key, w in weights.items()})


def _round_rows(kernel: Array, denominator: int) -> NDArray[np.int64]:
    """Integer weights with sum `denominator` in each row, largest remainders first."""
    scaled = kernel * denominator
    weights = np.floor(scaled).astype(np.int64)
    missing = denominator - weights.sum(axis=-1, keepdims=True)
    ranks = np.argsort(np.argsort(weights - scaled, axis=-1, kind="stable"), axis=-1, kind="stable")
    return np.asarray(weights + (ranks < missing))
