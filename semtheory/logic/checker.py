"""The small checker: re-adds certificates in exact rationals. Standard library only; trusts no solver and no prover.

What it takes for granted, and nothing else:
  * H(S) is a function of the set S; I(A;B|C) = H(A,C) + H(B,C) - H(A,B,C) - H(C), and so on for the other measures;
  * I(A;B|C) >= 0 (with A = B this is H(A|C) >= 0), for any sets;
  * D(p(A|C)||q(A|C)) >= 0 (Gibbs), and every D that is spoken of is finite (p << q): an infinite one cancels nothing;
  * if I(A;B|C) = 0 then I(A';B'|C,E) = 0 for A' in A, B' in B, E in A u B; if H(A|B) = 0 then H(A'|B') = 0 for B in B';
  * a sum of non-negative measures that is zero is zero term by term;
  * sum over t of (phi(t) - phi(t-1)) telescopes; time runs over whole numbers, and X^n is the union of its blocks;
  * lemmas named by "axiom", from LEMMAS below or from the certificate's own "lemmas": reported as what it rests on.

A certificate is plain JSON. Sets are lists of "X" (one variable) and "X[lo:hi]" (a block of a process). A measure is
{"times": "3/2", "H": [..], "given": [..]}, {"times": .., "I": [[..],[..]], "given": [..]}, {"times": ..,
"D": ["p","q"], "of": [..], "given": [..]} or {"times": .., "constant": true}, with "sum": ["t", lo, hi] when summed
and "law": "q" where H or I is under another law than p.
A claim is {"left": [measures], "op": "<=", "right": [measures]}; a proof is a list of lines, each a multiple of
something known to be >= 0 or = 0, which must add up to the claim exactly. See `check` for the kinds.
"""

from __future__ import annotations

import json
import re
import sys
from fractions import Fraction
from typing import Any

from semtheory.errors import CertificateError, NotRedone

MOST_TIMES = 10_000
MOST_PARTS = 12  # of a co-information, which has 2^parts terms

FINITE = "assuming every D here is finite (p << q)"

Point = tuple[str, int]  # ("t", -1) is t-1
Form = dict[Any, Fraction]

LEMMAS: dict[str, list[dict[str, Any]]] = {
    # name: the measures whose sum is >= 0, in letters to be replaced by sets
    "zhang-yeung": [
        {"times": "1", "I": [["A"], ["B"]], "given": []},
        {"times": "1", "I": [["A"], ["C", "D"]], "given": []},
        {"times": "3", "I": [["C"], ["D"]], "given": ["A"]},
        {"times": "1", "I": [["C"], ["D"]], "given": ["B"]},
        {"times": "-2", "I": [["C"], ["D"]], "given": []},
    ],
}


def check(certificate: Any) -> list[str]:
    """Re-add a certificate; returns what was checked, a line each. Raises `CertificateError` naming the wrong line.

    Kinds: "shannon" (finitely many variables), "horizon" (every n), "counterexample" (a law that refutes a claim),
    "conjunction" (several of these), and the analytic kinds of `checker_analysis`.
    """
    if not isinstance(certificate, dict) or certificate.get("schema") != 1:
        raise CertificateError("not a certificate of schema 1: expected a JSON object with \"schema\": 1")
    kind = certificate.get("kind")
    try:
        if kind in ("shannon", "horizon"):
            return _check_linear(certificate, kind)
        if kind == "counterexample":
            from semtheory.logic.checker_laws import check_counterexample

            return check_counterexample(certificate)
        if kind == "conjunction":
            if not certificate["parts"]:
                raise CertificateError("a conjunction of nothing proves nothing")
            return [line for part in certificate["parts"] for line in check(part)]
    except RecursionError as error:
        raise CertificateError("malformed certificate: nested too deeply") from error
    except (KeyError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError, StopIteration) as error:
        raise CertificateError(f"malformed certificate: {type(error).__name__}: {error}") from error
    from semtheory.logic.checker_analysis import check_analysis

    return check_analysis(certificate)


# --- sets, measures, forms -------------------------------------------------------------------------------------------


class Cells:
    """Cuts the time axis 0 < .. < n at `points`; a block becomes the set of pieces between its ends."""

    def __init__(self, points: list[Point]) -> None:
        self.points = points
        self.place = {point: k for k, point in enumerate(points)}

    def expand(self, names: list[str], at: dict[str, Point]) -> frozenset[Any]:
        pieces: set[Any] = set()
        for name in names:
            block = re.fullmatch(r"([A-Za-z][\w']*)\[([^:\]]+):([^:\]]+)\]", name)
            if not block:
                if not re.fullmatch(r"[A-Za-z·][\w']*", name):
                    raise CertificateError(f"{name!r} is not a variable")
                pieces.add(name)
                continue
            low, high = index_of(block[2], at), index_of(block[3], at)
            start = (low[0], low[1] - 1)
            if start not in self.place or high not in self.place:
                raise CertificateError(f"block {name} does not fit the cuts {self.points}")
            pieces.update((block[1], k) for k in range(self.place[start], self.place[high]))
        return frozenset(pieces)


def index_of(text: str, at: dict[str, Point]) -> Point:
    match = re.fullmatch(r"\s*(?:([A-Za-z])\s*([+-]\s*\d+)?|(\d+))\s*", text)
    if not match:
        raise CertificateError(f"{text!r} is not an index")
    if match[3]:
        return ("", int(match[3]))
    symbol, offset = at.get(match[1], (match[1], 0))
    return (symbol, offset + int((match[2] or "0").replace(" ", "")))


def add(form: Form, key: Any, value: Fraction) -> None:
    total = form.get(key, Fraction(0)) + value
    if total:
        form[key] = total
    else:
        form.pop(key, None)


def _measure(item: dict[str, Any], cells: Cells, at: dict[str, Point]) -> Form:
    """The measure without its multiplier, as joint (cross) entropies keyed by (p, q, set)."""
    form: Form = {}
    given = cells.expand(item.get("given", []), at)
    law = item.get("law", "p")

    def joint(pair: tuple[str, str], pieces: frozenset[Any], value: int) -> None:
        if pieces:
            add(form, (*pair, pieces), Fraction(value))

    if item.get("constant") is True:
        add(form, ("", "", frozenset()), Fraction(1))
    elif "H" in item:
        joint((law, law), cells.expand(item["H"], at) | given, 1)
        joint((law, law), given, -1)
    elif "I" in item:
        parts = [cells.expand(part, at) for part in item["I"]]
        for chosen in range(1, 2 ** len(parts)):
            sets = [part for k, part in enumerate(parts) if chosen >> k & 1]
            sign = 1 if len(sets) % 2 else -1
            joint((law, law), given.union(*sets), sign)
            joint((law, law), given, -sign)
    elif "D" in item:
        p, q = item["D"]
        whole = cells.expand(item["of"], at) | given
        for reference, sign in ((q, 1), (p, -1)):
            joint((p, reference), whole, sign)
            joint((p, reference), given, -sign)
    else:
        raise CertificateError(f"unknown measure {item}")
    return form


def total_of(items: list[dict[str, Any]], cells: Cells, at: dict[str, Point], factor: Fraction = Fraction(1)) -> Form:
    form: Form = {}
    for item in items:
        for key, value in _measure(item, cells, at).items():
            add(form, key, factor * _times(item) * value)
    return form


def fraction(text: Any) -> Fraction:
    """A string such as "-3/2" and nothing cleverer: no exponents, which could be made astronomically large."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?", text):
        raise CertificateError(f"{text!r} is not a fraction such as \"3/2\"")
    return Fraction(text)


def _times(item: dict[str, Any]) -> Fraction:
    return fraction(item["times"])


def _merge(form: Form, other: Form, factor: Fraction = Fraction(1)) -> None:
    for key, value in other.items():
        add(form, key, factor * value)


def signed(relation: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything on the side where it is >= 0 (or = 0)."""
    left, right = relation["left"], relation["right"]
    if relation["op"] == "<=":
        left, right = right, left
    return [*left, *({**item, "times": str(-_times(item))} for item in right)]


# --- what may stand in a certificate ---------------------------------------------------------------------------------

MEASURES = ("H", "I", "D", "constant")


def _well_formed(item: dict[str, Any], indices: set[str], where: str, *, line: bool = False) -> None:
    """One measure, or one proof line: exactly one thing, names and indices that mean something where it stands."""
    allowed = {"times", "H", "I", "D", "of", "given", "constant", "law"} | ({"assumption", "at", "axiom", "with"} if line else {"sum"})
    if not isinstance(item, dict) or not set(item) <= allowed:
        raise CertificateError(f"{where}: {item!r} has parts other than {', '.join(sorted(allowed))}")
    kinds = [kind for kind in (*MEASURES, "axiom") if kind in item]
    if len(kinds) > 1 or (not kinds and "assumption" not in item) or ("assumption" in item and set(kinds) - {"H", "I"}):
        raise CertificateError(f"{where}: {item!r} must be exactly one of {', '.join(MEASURES)}")
    _times(item)
    if "sum" in item:
        index, *ends = item["sum"]
        if len(ends) != 2 or not isinstance(index, str) or not re.fullmatch("[A-Za-z]", index) or index in indices:
            raise CertificateError(f"{where}: {item['sum']!r} is not a range of a new index")
        for end in ends:
            _bound(end, indices, where)
        indices = indices | {index}
    if "I" in item and (not isinstance(item["I"], list) or not 2 <= len(item["I"]) <= MOST_PARTS):
        raise CertificateError(f"{where}: I needs two parts at least, and {MOST_PARTS} at most")
    if "D" in item and (len(item["D"]) != 2 or "of" not in item or not all(_is_name(law) for law in item["D"])):
        raise CertificateError(f"{where}: D needs two laws and the variables they are laws of")
    if "law" in item and not _is_name(item["law"]):
        raise CertificateError(f"{where}: {item['law']!r} is not a law")
    sets = [item[key] for key in ("H", "of", "given") if key in item]
    sets += [*item.get("I", []), *(item["with"].values() if "axiom" in item else [])]
    for part in sets:
        if not isinstance(part, list) or not all(isinstance(name, str) for name in part):
            raise CertificateError(f"{where}: {part!r} is not a list of names")
        for name in part:
            if not re.fullmatch(r"[A-Za-z·][\w']*(\[[^:\]]+:[^:\]]+\])?", name):
                raise CertificateError(f"{where}: {name!r} is not a variable")
            for end in re.findall(r"[\[:]([^:\]]+)", name):
                _bound(end, indices, where)


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[A-Za-z][\w']*", text) is not None


def _bound(text: Any, indices: set[str], where: str) -> None:
    """An index must be a number, or a letter that runs here."""
    symbol, _ = index_of(text, {}) if isinstance(text, str) else ("?", 0)
    if symbol and symbol not in indices:
        raise CertificateError(f"{where}: {text!r} is not an index that runs here")


def _relation_well_formed(relation: dict[str, Any], indices: set[str], where: str, *, ranged: bool) -> None:
    if relation.get("for") is not None:
        if not ranged:
            raise CertificateError(f"{where}: only an assumption holds for a range of times")
        index, lo, hi = relation["for"]
        if not isinstance(index, str) or not re.fullmatch("[A-Za-z]", index) or index in indices:
            raise CertificateError(f"{where}: {relation['for']!r} is not a range of a new index")
        for end in (lo, hi):
            _bound(end, indices, where)
        indices = indices | {index}
    if relation["op"] not in ("<=", ">=", "="):
        raise CertificateError(f"{where}: unknown relation {relation['op']!r}")
    for item in [*relation["left"], *relation["right"]]:
        _well_formed(item, indices, where)


def statement_well_formed(certificate: dict[str, Any], horizon: str | None) -> None:
    """The claim, the assumptions and the lemmas, before anything is computed from them."""
    indices = set() if horizon is None else {horizon}
    if horizon is not None and (not isinstance(horizon, str) or not re.fullmatch("[A-Za-su-z]", horizon)):
        raise CertificateError(f"{horizon!r} cannot be the horizon: one letter other than t is")
    _relation_well_formed(certificate["claim"], indices, "the claim", ranged=False)
    for k, given in enumerate(certificate["givens"], 1):
        _relation_well_formed(given, indices, f"assumption {k}", ranged=True)
    for name, measures in certificate.get("lemmas", {}).items():
        for item in measures:
            _well_formed(item, set(), f"lemma {name}")


# --- proof lines -----------------------------------------------------------------------------------------------------


class Place:
    """Where a proof part lives: its cuts, what its indices stand for, and the times that t takes there, if t runs there."""

    def __init__(self, cells: Cells, at: dict[str, Point], run: tuple[Point, Point] | None, indices: set[str], lemmas: dict[str, Any]) -> None:
        self.cells, self.at, self.run, self.indices, self.lemmas = cells, at, run, indices, lemmas

    def time(self, text: str, lo: str, hi: str, line: str) -> Point:
        """The index `text`, after making sure that lo <= text <= hi whatever t is here."""
        _bound(text, self.indices, line)
        point = index_of(text, self.at)
        low, high = index_of(lo, self.at), index_of(hi, self.at)
        earliest = latest = point
        if point[0] == "t":
            assert self.run is not None  # _bound lets t through only where it runs
            (a, first), (b, last) = self.run
            earliest, latest = (a, first + point[1]), (b, last + point[1])
        for small, large in ((low, earliest), (latest, high)):
            if not self._ordered(small, large):
                raise CertificateError(f"{line}: the assumption is not made at {text}, only for {lo}..{hi}")
        return point

    def _ordered(self, small: Point, large: Point) -> bool:
        if small[0] == large[0]:
            return small[1] <= large[1]
        if small in self.cells.place and large in self.cells.place:
            return self.cells.place[small] <= self.cells.place[large]
        return False


def _line(item: dict[str, Any], givens: list[dict[str, Any]], place: Place, name: str, equalities: bool) -> Form:
    """One proof line without its multiplier, after checking that it is what it says it is."""
    _well_formed(item, place.indices, name, line=True)
    times = _times(item)
    if "assumption" in item:
        number = item["assumption"]
        if type(number) is not int or not 1 <= number <= len(givens):
            raise CertificateError(f"{name}: there is no assumption {number}; the certificate has {len(givens)}")
        given = givens[number - 1]
        at = dict(place.at)
        if given.get("for"):
            index, lo, hi = given["for"]
            at[index] = place.time(item["at"], lo, hi, name)
        measures = expanded(signed(given), at)
        if "I" in item or "H" in item:
            return _consequence(item, given["op"], measures, place, name)
        if given["op"] != "=" and (times < 0 or equalities):
            raise CertificateError(f"{name}: assumption {number} is an inequality, used {'as an equality' if equalities else f'times {times}'}")
        return total_of(measures, place.cells, {})
    if times < 0:
        raise CertificateError(f"{name}: an inequality may not be multiplied by {times}")
    if equalities:
        raise CertificateError(f"{name}: an inequality in the proof of an equality")
    if "axiom" in item:
        if item["axiom"] not in place.lemmas:
            raise CertificateError(f"{name}: unknown lemma {item['axiom']!r}")
        return total_of([filled(part, item["with"]) for part in place.lemmas[item["axiom"]]], place.cells, place.at)
    if "I" in item and len(item["I"]) != 2:
        raise CertificateError(f"{name}: only I(A;B|C) with two parts is known to be >= 0")
    return _measure(item, place.cells, place.at)


def filled(part: dict[str, Any], letters: dict[str, list[str]]) -> dict[str, Any]:
    """A measure of a lemma with sets in place of its letters."""

    def names(side: list[str]) -> list[str]:
        return [name for letter in side for name in letters[letter]]

    filled = {**part, "given": names(part.get("given", []))}
    if "H" in part:
        filled["H"] = names(part["H"])
    if "I" in part:
        filled["I"] = [names(side) for side in part["I"]]
    return filled


def _consequence(item: dict[str, Any], op: str, measures: list[dict[str, Any]], place: Place, name: str) -> Form:
    """I(A';B'|C,E) = 0 or H(A'|B') = 0 from an assumption that a sum of such measures is zero."""
    signs = [_times(part) for part in measures]
    same_sign = all(sign > 0 for sign in signs) or all(sign < 0 for sign in signs)
    # Of these measures only H and I with two parts are never negative.
    single = all("H" in part or len(part.get("I", ())) == 2 for part in measures)
    if op != "=" or not same_sign or not single:
        raise CertificateError(f"{name}: assumption {item['assumption']} is not a sum of measures that are zero")
    condition = place.cells.expand(item.get("given", []), place.at)
    for part in measures:
        if part.get("law", "p") != item.get("law", "p"):
            continue
        known = place.cells.expand(part.get("given", []), {})
        if "H" in item and "H" in part and known <= condition:
            new = place.cells.expand(item["H"], place.at) - condition
            if new <= place.cells.expand(part["H"], {}):
                return _measure(item, place.cells, place.at)
        if "I" in item and "I" in part and len(part["I"]) == 2 and len(item["I"]) == 2:
            left, right = (place.cells.expand(side, {}) - known for side in part["I"])
            new_left, new_right = (place.cells.expand(side, place.at) - condition for side in item["I"])
            extra = condition - known
            straight = new_left <= left and new_right <= right
            crossed = new_left <= right and new_right <= left
            if known <= condition and extra <= left | right and (straight or crossed) and not left & right:
                return _measure(item, place.cells, place.at)
    raise CertificateError(f"{name}: does not follow from assumption {item['assumption']}")


def _compare(target: Form, lines: list[tuple[str, Form]], where: str) -> None:
    """The lines must add up to the target; if not, say which line a wrong multiplier would explain."""
    missing = dict(target)
    for _name, form in lines:
        _merge(missing, form, Fraction(-1))
    if not missing:
        return
    suspects = [name for name, form in lines if _parallel(form, missing)]
    sums = ", ".join(f"{value} {_show(key)}" for key, value in list(missing.items())[:3])
    blame = f"{' or '.join(suspects[:3])}: its multiplier or its sets are wrong; " if suspects else ""
    raise CertificateError(f"{blame}{where}: the lines do not add up to the claim, {sums} left over")


def _parallel(form: Form, other: Form) -> bool:
    if not form or set(form) != set(other):
        return False
    return len({other[key] / form[key] for key in form}) == 1


def _show(key: Any) -> str:
    p, q, pieces = key
    names = ",".join(sorted(str(piece) if isinstance(piece, str) else f"{piece[0]}#{piece[1]}" for piece in pieces))
    return f"H({names})" if p == q else f"E_{p}[-log {q}({names})]"


def _lines(items: list[dict[str, Any]], givens: list[dict[str, Any]], place: Place, where: str, equalities: bool) -> list[tuple[str, Form]]:
    found = []
    for k, item in enumerate(items, 1):
        name = f"line {k} of {where}"
        try:
            form = _line(item, givens, place, name, equalities)
        except CertificateError as error:
            raise error if str(error).startswith("line ") else CertificateError(f"{name}: {error}") from error
        found.append((name, {key: _times(item) * value for key, value in form.items()}))
    return found


# --- kinds -----------------------------------------------------------------------------------------------------------


def _check_linear(certificate: dict[str, Any], kind: str) -> list[str]:
    statement_well_formed(certificate, certificate["horizon"] if kind == "horizon" else None)
    claim, givens, proofs = certificate["claim"], certificate["givens"], certificate["proof"]
    wanted = {"<=": {">="}, ">=": {">="}, "=": {"="} if "=" in proofs else {">=", "<="}}[claim["op"]]
    if set(proofs) != wanted:
        raise CertificateError(f"the claim needs a proof of {' and '.join(sorted(wanted))}, found {' and '.join(sorted(proofs)) or 'none'}")
    lemmas = {**certificate.get("lemmas", {}), **LEMMAS}
    report = heading(certificate, "claim")
    if has_divergences(certificate):
        report.append(FINITE)
    for direction, proof in sorted(proofs.items()):
        factor = Fraction(-1 if direction == "<=" else 1)
        target = [{**item, "times": str(factor * _times(item))} for item in signed(claim)]
        if kind == "shannon":
            place = Place(Cells(concrete_points([claim, *givens])), {}, None, set(), lemmas)
            where = f"the proof of {direction}"
            _compare(total_of(expanded(target, {}), place.cells, {}), _lines(proof, givens, place, where, direction == "="), where)
            report.append(f"{where}: {len(proof)} lines add up to the claim")
        else:
            report += _check_horizon(certificate["horizon"], target, givens, proof, direction, lemmas)
    return report + [f"rests on the cited lemma {name}: {_written(lemmas[name])} >= 0" for name in cited(certificate)]


def has_divergences(certificate: dict[str, Any]) -> bool:
    """Whether the claim or an assumption speaks of a D between two laws, which may be infinite."""
    measures = [item for relation in (certificate["claim"], *certificate["givens"]) for item in [*relation["left"], *relation["right"]]]
    return any(len(set(item.get("D", ()))) > 1 for item in measures)


def cited(certificate: dict[str, Any]) -> list[str]:
    """Names of the lemmas that the proof of a certificate uses."""
    names: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict) and isinstance(part.get("axiom"), str):
            names.add(part["axiom"])
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            walk(inner)

    walk(certificate.get("proof"))
    return sorted(names)


def _written(measures: list[dict[str, Any]]) -> str:
    """A combination of measures as text, from the parts that are checked and not from what a certificate says of itself."""
    found = []
    for part in measures:
        bar = "|" + ",".join(part["given"]) if part.get("given") else ""
        if "I" in part:
            body = f"I({';'.join(','.join(side) for side in part['I'])}{bar})"
        elif "H" in part:
            body = f"H({','.join(part['H'])}{bar})"
        elif "D" in part:
            body = "D(" + "||".join(f"{law}({','.join(part['of'])}{bar})" for law in part["D"]) + ")"
        else:
            body = "1"
        law = f" under {part['law']}" if part.get("law", "p") != "p" else ""
        run = "sum({}={}..{}) ".format(*part["sum"]) if "sum" in part else ""
        found.append(("" if part["times"] == "1" else f"{part['times']} ") + run + body + law)
    return " + ".join(found) or "0"


def _sentence(relation: dict[str, Any]) -> str:
    text = f"{_written(relation['left'])} {relation['op']} {_written(relation['right'])}"
    return text + (" for {}={}..{}".format(*relation["for"]) if relation.get("for") else "")


def heading(certificate: dict[str, Any], word: str) -> list[str]:
    """What a certificate is about, as the checker has read it."""
    every = f" for every {certificate['horizon']} >= 1" if certificate.get("kind") == "horizon" else ""
    # Only what is written out from the structure is checked; a file's own sentences are not, and may not contradict it silently.
    words = [str(part["text"]) for part in (certificate["claim"], *certificate["givens"]) if part.get("text") not in (None, "")]
    unchecked = [f"in the file's own words, not checked: {'; '.join(words)}"] if words else []
    return [f"{word}: {_sentence(certificate['claim'])}{every}", *(f"assuming {_sentence(given)}" for given in certificate["givens"]), *unchecked]


def concrete_points(relations: list[dict[str, Any]], last: int = 0) -> list[Point]:
    """0, 1, .. up to `last`, or to the last time that a block mentions if that is later; an index is at the end of its range."""
    for relation in relations:
        run = {relation["for"][0]: index_of(relation["for"][2], {})} if relation.get("for") else {}
        for item in [*relation["left"], *relation["right"]]:
            at = {**run, item["sum"][0]: index_of(item["sum"][2], run)} if "sum" in item else run
            for part in [*(item[key] for key in ("H", "of", "given") if key in item), *item.get("I", [])]:
                ends = [index_of(end, at) for name in part for end in re.findall(r"[\[:]([^:\]]+)", name)]
                last = max([last, *(offset for symbol, offset in ends if not symbol)])
    if last > MOST_TIMES:
        raise CertificateError(f"time {last} is beyond what is checked, {MOST_TIMES}")
    return [("", k) for k in range(last + 1)]


def expanded(items: list[dict[str, Any]], values: dict[str, Point]) -> list[dict[str, Any]]:
    """The measures at `values` of their indices, sums written out; blocks that would be empty dropped."""
    result = []
    for item in items:
        if "sum" not in item:
            result.append(moved(item, values))
            continue
        index, lo, hi = item["sum"]
        (a, first), (b, last) = index_of(lo, values), index_of(hi, values)
        if a or b:
            raise CertificateError(f"the sum over {index}={lo}..{hi} has no concrete ends; such an assumption can only be used as a whole")
        bare = {key: value for key, value in item.items() if key != "sum"}
        if last - first > MOST_TIMES:
            raise CertificateError(f"the sum over {index}={lo}..{hi} has more than {MOST_TIMES} terms")
        result += [moved(bare, {**values, index: ("", t)}) for t in range(first, last + 1)]
    return result


def moved(item: dict[str, Any], at: dict[str, Point]) -> dict[str, Any]:
    """The measure with indices replaced, blocks rewritten, empty blocks dropped."""

    def block(name: str) -> str | None:
        match = re.fullmatch(r"(.*)\[([^:\]]+):([^:\]]+)\]", name)
        if not match:
            return name
        (a, low), (b, high) = index_of(match[2], at), index_of(match[3], at)
        if a == b and high < low:
            return None
        return f"{match[1]}[{_write(a, low)}:{_write(b, high)}]"

    def names(part: list[str]) -> list[str]:
        return [new for new in map(block, part) if new is not None]

    moved = dict(item)
    for key in ("H", "of", "given"):
        if key in item:
            moved[key] = names(item[key])
    if "I" in item:
        moved["I"] = [names(part) for part in item["I"]]
    if "sum" in item:
        index, *ends = item["sum"]
        moved["sum"] = [index, *(_write(*index_of(end, at)) for end in ends)]
    return moved


def _write(symbol: str, offset: int) -> str:
    return (symbol + (f"{offset:+d}" if offset else "")) if symbol else str(offset)


def _check_horizon(horizon: str, claim: list[dict[str, Any]], givens: list[dict[str, Any]], proof: dict[str, Any], direction: str, lemmas: dict[str, Any]) -> list[str]:
    """claim = plain + sum over t; shown as a step for every t (with a potential that telescopes) and a boundary.

    Cuts: 0..a, t-1-w..t+v, n-b..n. The step holds for t from lo = a+w+1 to hi = n-b-v; the potential phi(t) uses the
    cuts 0..a, t-w..t+v, n-b..n; the boundary is plain + the terms of the sums outside lo..hi + phi(hi) - phi(lo-1).
    """
    a, w, v, b = (int(proof["cuts"][key]) for key in ("first", "before", "after", "last"))
    if min(a, w, v, b) < 0 or max(a, w, v, b) > 100:
        raise CertificateError(f"cuts must be numbers from 0 to 100: {proof['cuts']}")
    equalities = direction == "="
    low, high = a + w + 1, -b - v
    ends = a + w + v + b + w + v
    head, tail = [("", k) for k in range(a + 1)], [(horizon, k) for k in range(-b, 1)]
    step_cells = Cells([*head, *(("t", k) for k in range(-1 - w, v + 1)), *tail])
    step = Place(step_cells, {}, (("", low), (horizon, high)), {"t", horizon}, lemmas)
    edge_cells = Cells([*(("", k) for k in range(a + w + v + 1)), *((horizon, k) for k in range(-b - w - v, 1))])
    edge = Place(edge_cells, {}, None, {horizon}, lemmas)

    step_target: Form = {}
    edge_target: Form = {}
    whole = [(Fraction(1), claim)]
    for item in proof.get("global", []):
        if set(item) != {"times", "assumption"} or type(item["assumption"]) is not int or not 1 <= item["assumption"] <= len(givens):
            raise CertificateError(f"global line {item!r} names no assumption")
        given = givens[item["assumption"] - 1]
        times = _times(item)
        if given.get("for") or (given["op"] != "=" and (times < 0 or equalities)):
            raise CertificateError(f"global line: assumption {item['assumption']} may not be used times {times}")
        whole.append((-times, signed(given)))
    for factor, items in whole:
        for item in items:
            times = factor * _times(item)
            if "sum" not in item:
                _merge(edge_target, _measure(item, edge_cells, {}), times)
                continue
            index, lo, hi = item["sum"]
            (lo_symbol, first), (hi_symbol, last) = index_of(lo, {}), index_of(hi, {})
            if (lo_symbol, hi_symbol) != ("", horizon) or first > low or last < high:
                raise CertificateError(f"the sum over {index}={lo}..{hi} does not cover {low}..{horizon}{high:+d}")
            _merge(step_target, _measure(moved(item, {index: ("t", 0)}), step_cells, {}), times)
            for point in [*(("", k) for k in range(first, low)), *((horizon, k) for k in range(high + 1, last + 1))]:
                _merge(edge_target, _measure(moved(item, {index: point}), edge_cells, {}), times)
    step_lines: list[tuple[str, Form]] = []
    edge_lines: list[tuple[str, Form]] = []
    for k, item in enumerate(proof.get("potential", []), 1):
        name = f"line {k} of the potential of {direction}"
        _well_formed(item, {"t", horizon}, name)
        if "sum" in item:
            raise CertificateError(f"{name} may not contain a sum")
        for cells, lines, late, early, sign in (
            (step_cells, step_lines, ("t", 0), ("t", -1), 1),
            (edge_cells, edge_lines, (horizon, high), ("", low - 1), -1),
        ):
            difference: Form = {}
            _merge(difference, _measure(moved(item, {"t": late}), cells, {}), sign * _times(item))
            _merge(difference, _measure(moved(item, {"t": early}), cells, {}), -sign * _times(item))
            lines.append((name, difference))
    step_name, edge_name = f"the step of {direction}", f"the boundary of {direction}"
    _compare(step_target, step_lines + _lines(proof["step"], givens, step, step_name, equalities), step_name)
    _compare(edge_target, edge_lines + _lines(proof["boundary"], givens, edge, edge_name, equalities), edge_name)
    report = [
        f"{step_name}: {len(proof['step'])} lines, for every t from {low} to {horizon}{high:+d}".replace("+0", ""),
        f"{edge_name}: {len(proof['boundary'])} lines, for every {horizon} >= {max(1, ends)}",
    ]
    small = {int(part["n"]): part["lines"] for part in proof.get("small", [])}
    for n in range(1, max(1, ends)):
        if n not in small:
            raise CertificateError(f"{direction}: {horizon} = {n} is not covered; the general proof starts at {ends}")
        concrete = [_instance(given, n, horizon) for given in givens]
        target = expanded(claim, {horizon: ("", n)})
        points = concrete_points([{"left": target, "right": []}, *concrete], n)
        place = Place(Cells(points), {horizon: ("", n)}, None, {horizon}, lemmas)
        where = f"{direction} at {horizon} = {n}"
        _compare(total_of(target, place.cells, {}), _lines(small[n], concrete, place, where, equalities), where)
        report.append(f"{where}: {len(small[n])} lines")
    return report


def _instance(given: dict[str, Any], n: int, horizon: str) -> dict[str, Any]:
    """An assumption at a concrete horizon, with concrete ranges."""
    at = {horizon: ("", n)}
    made = {**given, **{side: [moved(item, at) for item in given[side]] for side in ("left", "right")}}
    if given.get("for"):
        index, *ends = given["for"]
        made["for"] = [index, *(_write(*index_of(end, at)) for end in ends)]
    return made


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a key that stands twice could mean one thing to this reader and another to the next."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError(f"a key stands twice among {', '.join(sorted(made))}")
    return made


def main(paths: list[str]) -> int:
    """`python -m semtheory.logic.checker FILE...` ("-" is standard input).

    0 when all are accepted, 1 when some are rejected, 2 when some cannot be read, 3 when some could not be redone here.
    """
    codes = {0}
    for path in paths:
        try:
            with open(path, encoding="utf-8") if path != "-" else sys.stdin as stream:
                certificate = json.load(stream, object_pairs_hook=_unrepeated)
        except (OSError, ValueError, RecursionError) as error:
            print(f"{path}: cannot be read: {error}")
            codes.add(2)
            continue
        try:
            for line in check(certificate):
                print(f"{path}: {line}")
            print(f"{path}: accepted")
        except NotRedone as error:
            print(f"{path}: NOT REDONE, neither accepted nor rejected: {error}")
            codes.add(3)
        except CertificateError as error:
            print(f"{path}: REJECTED: {error}")
            codes.add(1)
    return next(code for code in (2, 1, 3, 0) if code in codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
