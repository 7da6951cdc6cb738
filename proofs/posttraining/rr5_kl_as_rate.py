"""When the KL of RLHF is a rate: only against a reference that does not read the prompt.

For a prompt-free reference q:   E_S D(p(.|S)||q) = I(S;U) + D(p_U||q) >= I(S;U), for whole answers and token by token, every T.

*Why.* Insert the marginal p_U between p(.|S) and q; the two logarithms average to I(S;U) and to D(p_U||q) >= 0 (F1). That the
reference ignores the prompt is assumed in the form it is used: prompts are drawn alike under both laws, and the reference's
posterior of S is its prior, so that D(p(S|U)||q(S|U)) is I(S;U).

*Against the usual reference*, the model before post-training, which reads the prompt, KL is no rate: p = ref has KL 0 while I(S;U) may
be anything. Then KL measures the distance from the old behaviour, not what flows from prompt to answer. Tishby and Polani 2011.
"""

from semtheory import Fidelity, Given, Theorem, Variant

same_prompts = Given(
    "D(p(S)||q(S)) = 0", met_by="one source of prompts", broken_by="the reference was trained on other prompts"
)
prompt_free = Given(
    "D(p(S|U^T)||q(S|U^T)) = I(S;U^T)",
    met_by="a reference that ignores the prompt",
    broken_by="p = ref, both reading the prompt: KL 0, I > 0",
)
prompt_free_once = Given(
    "D(p(S|U)||q(S|U)) = I(S;U)",
    met_by="a reference that ignores the prompt",
    broken_by="p = ref, both reading the prompt: KL 0, I > 0",
)

RR5 = Theorem(
    "RR5",
    title="RLHF's KL is I(S;U) + D(p_U||ref) for a prompt-free reference, and no rate otherwise",
    depends=["F1", "F3"],
    claims=[
        ("D(p(U|S)||q(U|S)) = I(S;U) + D(p(U)||q(U))", prompt_free_once, same_prompts),
        (
            "sum(t=1..T) D(p(U_t|S,U^{t-1})||q(U_t|S,U^{t-1})) = I(S;U^T) + D(p(U^T)||q(U^T))",
            prompt_free,
            same_prompts,
        ),
        ("sum(t=1..T) D(p(U_t|S,U^{t-1})||q(U_t|S,U^{t-1})) >= I(S;U^T)", prompt_free, same_prompts),
    ],
    variants=[
        Variant("D(p(U|S)||q(U|S)) >= I(S;U)", why="a reference that reads the prompt: p = ref has KL 0 and I > 0"),
        Variant(
            "D(p(U|S)||q(U|S)) = I(S;U)",
            given=(prompt_free_once, same_prompts),
            why="equality needs q to be the marginal of p",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Tishby and Polani 2011; Rubin, Shamir, Tishby 2012",
        paper="the KL penalty of post-training as an information rate",
        differences="true for a prompt-free reference only; refuted for the usual one",
    ),
)
