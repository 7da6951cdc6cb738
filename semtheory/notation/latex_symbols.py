"""The LaTeX commands that statements use, each with the character or the space it stands for."""

from __future__ import annotations

_LETTERS = (
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ "
    "mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω "
    "Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω "
    "ell ℓ infty ∞ emptyset ∅ varnothing ∅ hbar ℏ partial ∂ nabla ∇ top ⊤ bot ⊥ Re ℜ Im ℑ aleph ℵ ldots … dots … "
    "cdots ⋯ vdots ⋮ ddots ⋱ square □ checkmark ✓ star ⋆ ast ∗ prime ′ dagger † imath ı jmath ȷ % % # # $ $ & & _ _"
)
_SIGNS = (
    "le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾ ne ≠ neq ≠ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ "
    "prec ≺ preceq ⪯ succ ≻ succeq ⪰ lesssim ≲ gtrsim ≳ triangleq ≜ coloneqq ≔ doteq ≐ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ "
    "supset ⊃ supseteq ⊇ cup ∪ cap ∩ setminus ∖ times × cdot ⋅ div ÷ pm ± mp ∓ circ ∘ bullet • oplus ⊕ otimes ⊗ odot ⊙ "
    "wedge ∧ land ∧ vee ∨ lor ∨ neg ¬ lnot ¬ forall ∀ exists ∃ to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ mapsto ↦ "
    "longrightarrow ⟶ Rightarrow ⇒ implies ⟹ impliedby ⟸ Longrightarrow ⟹ Leftarrow ⇐ iff ⟺ Leftrightarrow ⇔ Longleftrightarrow ⟺ "
    "uparrow ↑ downarrow ↓ nearrow ↗ searrow ↘ perp ⊥ parallel ∥ mid | nmid ∤ colon : models ⊨ vdash ⊢ therefore ∴ "
    "asymp ≍ succcurlyeq ≽ preccurlyeq ≼ lhd ⊲ rhd ⊳ bigoplus ⨁ bigotimes ⨂"
)


def _pairs(text: str) -> dict[str, str]:
    parts = text.split()
    return {"\\" + name: sign for name, sign in zip(parts[::2], parts[1::2], strict=True)}


GREEK = _pairs(_LETTERS)
OPERATORS = _pairs(_SIGNS)
SPACES = {
    "\\,": "0.167em", "\\:": "0.222em", "\\>": "0.222em", "\\;": "0.278em", "\\ ": "0.333em", "\\quad": "1em",
    "\\qquad": "2em", "\\!": "-0.167em", "\\enspace": "0.5em", "\\thinspace": "0.167em",
}  # fmt: skip
IGNORED = frozenset({"\\displaystyle", "\\textstyle", "\\scriptstyle", "\\nolimits", "\\allowbreak", "\\notag"})
FUNCTIONS = frozenset({
    "log", "ln", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arcsin", "arccos", "det", "dim", "ker",
    "deg", "gcd", "Pr", "lg", "sec", "csc", "cot", "coth", "hom",
})  # fmt: skip
# Scripts of these go above and below.
LIMITS = {
    "\\sum": "∑", "\\prod": "∏", "\\int": "∫", "\\bigcup": "⋃", "\\bigcap": "⋂", "\\bigvee": "⋁", "\\bigwedge": "⋀",
    "\\coprod": "∐",
    "\\max": "max", "\\min": "min", "\\inf": "inf", "\\sup": "sup", "\\lim": "lim", "\\limsup": "lim sup",
    "\\liminf": "lim inf", "\\arg": "arg", "\\argmax": "arg max", "\\argmin": "arg min",
}  # fmt: skip
ACCENTS = {
    "\\hat": ("^", "mover"), "\\widehat": ("^", "mover"), "\\tilde": ("~", "mover"), "\\widetilde": ("~", "mover"),
    "\\bar": ("¯", "mover"), "\\overline": ("¯", "mover"), "\\vec": ("→", "mover"), "\\dot": ("˙", "mover"),
    "\\ddot": ("¨", "mover"), "\\underline": ("_", "munder"), "\\check": ("ˇ", "mover"),
    "\\overbrace": ("⏞", "mover"), "\\underbrace": ("⏟", "munder"), "\\overrightarrow": ("→", "mover"),
}  # fmt: skip
DELIMITERS = {
    "(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", ".": "", "<": "⟨", ">": "⟩",
    "\\{": "{", "\\}": "}", "\\lbrace": "{", "\\rbrace": "}", "\\|": "‖", "\\Vert": "‖", "\\lVert": "‖", "\\rVert": "‖",
    "\\vert": "|", "\\lvert": "|", "\\rvert": "|", "\\mid": "|",
    "\\langle": "⟨", "\\rangle": "⟩", "\\lceil": "⌈", "\\rceil": "⌉", "\\lfloor": "⌊", "\\rfloor": "⌋",
}  # fmt: skip
# What SymPy prints of names that are no LaTeX commands.
WORDS = {"lam": "λ", "lamda": "λ"}
_IRREGULAR_DOUBLE = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
_IRREGULAR_SCRIPT = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ"}
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IRREGULAR_FRAKTUR = {"C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"}
FRAKTUR = {letter: chr(0x1D504 + k) for k, letter in enumerate(_CAPITALS)} | _IRREGULAR_FRAKTUR
DOUBLE_STRUCK = {letter: chr(0x1D538 + k) for k, letter in enumerate(_CAPITALS)} | _IRREGULAR_DOUBLE | {"1": "𝟙"}
SCRIPT = {letter: chr(0x1D49C + k) for k, letter in enumerate(_CAPITALS)} | _IRREGULAR_SCRIPT
