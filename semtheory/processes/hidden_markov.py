"""Hidden Markov processes: finitely many states, a symbol on every move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from semtheory.errors import InputError
from semtheory.processes import _structure, causal, entropies
from semtheory.processes._checks import Array, count, frozen, law, probabilities, symbols, width
from semtheory.processes._sampling import sample_symbols
from semtheory.values import Value, require_unit


@dataclass(frozen=True)
class CausalStates:
    """The recurrent causal states of a process: classes of pasts with the same law of the future.

    Attributes:
        count: how many; `math.inf` when they are proved to be infinitely many; None when more than `at_least`, and
            not known whether finitely many.
        kernel: (symbols, count, count), the unifilar machine on them. law: (count,), stationary.
        beliefs: (count, states), what the state tells about the hidden state. All three None unless finitely many.
        why: what the count rests on.
    """

    count: float | None
    at_least: int
    kernel: Array | None
    law: Array | None
    beliefs: Array | None
    why: str

    def __len__(self) -> int:
        if self.law is None:
            raise InputError(f"the causal states are not known to be finitely many: {self.why}")
        return len(self.law)


class HiddenMarkov:
    """A hidden Markov process.

    Args:
        kernel: shape (symbols, states, states), kernel[k, i, j] = P(symbol k, next state j | state i).
        initial: law of the state before the first symbol; None for the stationary one.
        name: for messages.

    Attributes:
        kernel, initial: as given, read-only. symbols, states: the counts.

    Raises:
        InputError: wrong shape, a negative or missing entry, a state whose moves do not sum to 1.
    """

    def __init__(
        self, kernel: ArrayLike, initial: ArrayLike | None = None, *, name: str = "hidden Markov process"
    ) -> None:
        array = probabilities("kernel", kernel, 3, over=(0, 2))
        if array.shape[1] != array.shape[2]:
            raise InputError(f"kernel has shape {array.shape}: expected (symbols, states, states)")
        self.kernel: Array = frozen(array)
        self.symbols, self.states = array.shape[:2]
        start = law("initial", initial, self.states)
        self.initial: Array | None = start if start is None else frozen(start)
        self.name = name

    @property
    def transition(self) -> Array:
        """(states, states): P(next state | state)."""
        return np.asarray(self.kernel.sum(axis=0))

    def stationary(self) -> Array:
        """The stationary law of the state. Raises `InputError` when the process is reducible, naming the classes."""
        return _structure.stationary_law(self.transition, self.name)

    @cached_property
    def is_unifilar(self) -> bool:
        """Whether state and symbol fix the next state."""
        return bool(np.all((self.kernel > 0).sum(axis=2) <= 1))

    def next_state(self, state: int, symbol: int) -> int:
        """The state that follows. Raises `InputError` when it is not fixed, or when that symbol is impossible."""
        after = np.flatnonzero(self.kernel[symbol, state])
        if len(after) != 1:
            found = f"states {after.tolist()} may follow" if len(after) else "that symbol has probability 0"
            raise InputError(f"{self.name}: next_state({state}, {symbol}): {found}; expected a unifilar process")
        return int(after[0])

    def as_hidden_markov(self) -> HiddenMarkov:
        """Itself: every source has this."""
        return self

    def word_probability(self, word: ArrayLike) -> float:
        """P(Y_1 ... Y_n = word), from the initial law. Raises `InputError` for what is no symbol."""
        belief = self._start
        for symbol in symbols("word", word, self.symbols):
            belief = belief @ self.kernel[symbol]
        return float(belief.sum())

    def conditional_entropies(self, n: int, tolerance: float = 1e-9, unit: str = "nats") -> tuple[Value, ...]:
        """H(Y_t | Y^{t-1}) for t = 1..n: exact while the beliefs are few, then brackets."""
        require_unit(unit)
        asked = width("tolerance", tolerance)
        found = entropies.conditional(self.kernel, self._start, count("n", n), self._is_stationary, asked)
        return tuple(value.to(unit) for value in found)

    def block_entropy(self, n: int, tolerance: float = 1e-9, unit: str = "nats") -> Value:
        """H(Y_1, ..., Y_n); `tolerance` is asked of each symbol. 0 for n = 0."""
        terms = self.conditional_entropies(n, tolerance)
        return entropies.total(terms).to(unit)

    def entropy_rate(self, tolerance: float = 1e-9, unit: str = "nats") -> Value:
        """lim H(Y^n)/n: exact where the beliefs are finitely many, else a bracket no wider than `tolerance` if it can be had.

        `tolerance` is in nats. From an initial law, a reducible process has the average rate of the classes it ends in.
        """
        require_unit(unit)
        tolerance = width("tolerance", tolerance)
        whole = self.transition
        start = self._start
        shares = start if self.initial is None else _structure.long_run_law(whole, start)
        parts = []
        for kept in _structure.closed_classes(whole):
            share = float(shares[kept].sum())
            if share > 0:
                inner = self.kernel[:, kept][:, :, kept]
                parts.append((share, entropies.rate(inner, _structure.irreducible_law(inner.sum(axis=0)), tolerance)))
        return entropies.mixture(parts).to(unit)

    def excess_entropy(self, tolerance: float = 1e-6, unit: str = "nats") -> Value:
        """E = I(past; future) of the stationary process: exact for finitely many causal states both ways, else a bracket."""
        return entropies.excess(*self._recurrent, width("tolerance", tolerance)).to(unit)

    def causal_states(self) -> CausalStates:
        """The recurrent causal states of the stationary process. Raises `InputError` when there are several such processes."""
        kernel, weights = self._recurrent
        machine = entropies.machine(kernel, weights)
        if machine is not None:
            why = "finitely many beliefs, those that predict alike taken together"
            return CausalStates(len(machine.law), len(machine.law), machine.kernel, machine.law, machine.beliefs, why)
        if causal.uncountable(kernel, weights):
            why = "uncountably many: every symbol moves the belief by a one-to-one contraction, and no belief has positive probability"
            return CausalStates(math.inf, causal.MOST_STATES, None, None, None, why)
        why = f"more than {causal.MOST_STATES} different beliefs are reached; whether infinitely many is not settled"
        return CausalStates(None, causal.MOST_STATES, None, None, None, why)

    def statistical_complexity(self, unit: str = "nats") -> Value:
        """C_mu, the entropy of the causal state: infinite where that is proved, and then `why` says so."""
        require_unit(unit)
        states = self.causal_states()
        if states.law is not None:
            return Value.exact(causal.entropy_of(states.law), unit)
        if states.count == math.inf:
            return Value.exact(math.inf, unit, why=states.why)
        return Value.bracket(self.excess_entropy().lower, math.inf, unit, why=states.why + "; never below E")

    def sample(self, length: int, seed: int, sequences: int | None = None) -> NDArray[np.int64]:
        """Symbols drawn from the process, shape (length,), or (sequences, length); the same seed gives the same ones."""
        runs = 1 if sequences is None else count("sequences", sequences, 1)
        rng = np.random.default_rng(count("seed", seed))
        drawn = sample_symbols(self.kernel, self._start, count("length", length), runs, rng)
        return drawn[0] if sequences is None else drawn

    def reversed(self) -> HiddenMarkov:
        """The stationary process read backwards, on its recurrent states."""
        kernel, weights = self._recurrent
        return HiddenMarkov(entropies.backwards(kernel, weights), name=f"{self.name}, backwards")

    @cached_property
    def _start(self) -> Array:
        return self.stationary() if self.initial is None else self.initial

    @cached_property
    def _is_stationary(self) -> bool:
        return self.initial is None or bool(np.all(np.abs(self.initial @ self.transition - self.initial) < 1e-15))

    @cached_property
    def _recurrent(self) -> tuple[Array, Array]:
        """Kernel and stationary law on the states that are visited for ever."""
        weights = self.stationary()
        kept = np.flatnonzero(weights)
        return self.kernel[:, kept][:, :, kept], weights[kept]

    def __repr__(self) -> str:
        return f"<{self.name}: {self.symbols} symbols, {self.states} states>"
