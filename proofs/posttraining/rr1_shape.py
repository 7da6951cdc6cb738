"""The shape of the rate-reward function: it never falls, it is convex, and it is zero exactly where reward is free.

R(W) is the least I(S;U^T), or the least KL to a reference, among policies with mean reward >= W. Both are nondecreasing and
convex; the first is 0 iff W is at most the best reward of a prompt-blind policy, the second iff W is at most the reference's own.

*Why.* Asking for more reward leaves fewer policies. A mixture, drawn by a coin Q that does not look at the prompt, has the mixed
reward, and forgetting the coin loses information: I(S;U) <= I(S;U|Q), the mixture of the two rates. For KL it is the chain
rule, the coin being the same under policy and reference. The rate is zero iff the policy is blind, and then its reward is a mean
over u of E r(S,u), at most the best one; the KL is zero iff policy and reference agree. The infimum is attained: finitely many
answers make the set of policies compact and both rates continuous where they are finite.

*False:* a coin that sees the prompt (then I(S;U|Q) may be smaller); concavity. This is RD1 with distortion -r.
"""

import sympy

from semtheory import Fidelity, Given, Step, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Equality, Expectation

a, b, W, Wa, Wb, V, R, m, p, q, r = sympy.symbols("a b W Wa Wb V R m p q r")
log = sympy.log

coin = Given("I(S;Q) = 0", met_by="a coin tossed before the prompt is read", broken_by="the coin is the prompt: Q = S")
same_coin = Given(
    "D(p(Q|S)||q(Q|S)) = 0",
    met_by="policy and reference mixed by the same coin",
    broken_by="a coin that only the reference tosses fairly",
)
blind = Given("I(S;U_t|U^{t-1}) = 0 for t=1..T", met_by="tokens drawn without the prompt", broken_by="U_1 = S")
no_rate = Given("I(S;U^T) = 0", met_by="tokens drawn without the prompt", broken_by="U_1 = S")

RR1 = Theorem(
    "RR1",
    title="Rate-reward: nondecreasing, convex, zero iff the reward is free",
    depends=["F1", "F3"],
    steps=[
        Step(
            Sign(
                "a policy with reward R >= V meets every W <= V: fewer policies are left as W grows",
                R - W,
                facts=[R - V >= 0, V - W >= 0],
                shown=(R - V) + (V - W),
            ),
            "so the infimum never falls",
        ),
        Step(
            Sign(
                "mixing: a Ra + (1-a) Rb >= a Wa + (1-a) Wb",
                a * V + (1 - a) * R - a * Wa - (1 - a) * Wb,
                facts=[a >= 0, 1 - a >= 0, V - Wa >= 0, R - Wb >= 0],
                shown=a * (V - Wa) + (1 - a) * (R - Wb),
            ),
            "with Ra >= Wa and Rb >= Wb",
        ),
    ],
    claims=[
        ("I(S;U^T) <= I(S;U^T|Q)", coin),
        ("D(p(U^T|S)||q(U^T|S)) <= D(p(U^T|S,Q)||q(U^T|S,Q))", same_coin),
        ("I(S;U^T) = 0", blind),
        ("sum(t=1..T) I(S;U_t|U^{t-1}) = 0", no_rate),
        Expectation(
            "a blind policy's reward, the mean over u of r = E r(S,u), is at most m = max_u E r(S,u)",
            m - r,
            laws={"p": "U"},
            point=["r"],
            facts=[m - r >= 0],
            latex=r"\mathbb{E}\,r(S,U) \le \max_u \mathbb{E}\,r(S,u)",
        ),
        Expectation(
            "D(p||ref) = 0 only when p = ref, whose reward is then the reference's own",
            log(p) - log(q),
            laws={"p": "U", "q": "U"},
            equality=Equality(p, q, {"p": q}),
            latex=r"D(\pi\|\mathrm{ref}) = 0 \iff \pi = \mathrm{ref}",
        ),
    ],
    variants=[
        Variant("I(S;U^T) <= I(S;U^T|Q)", why="a coin that sees the prompt may carry all of it: Q = S"),
        Variant(
            "I(S;U^T) >= I(S;U^T|Q)", given=(coin,), why="concave: U = S xor Q says nothing once the coin is forgotten"
        ),
        Variant(
            "D(p(U^T|S)||q(U^T|S)) >= D(p(U^T|S,Q)||q(U^T|S,Q))", given=(same_coin,), why="KL is convex, not concave"
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Shannon 1959; Cover and Thomas 2006, Lemma 10.4.1",
        paper="the directed rate-reward function of post-training",
        differences="rate-distortion with reward for distortion; stated for both the information and the KL form",
    ),
)
