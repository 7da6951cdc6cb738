"""The mean of the information flow is the information: E i_T = I(S -> U^T).

i_t = sum over k <= t of log p(u_k|s,u^{k-1})/q(u_k|u^{k-1}), tokens drawn from p. With q the marginal of p over prompts,
E i_T = sum_t I(S;U_t|U^{t-1}) = I(S;U^T) (DI4); with another prompt-blind q, E i_T = I(S;U^T) + D(p_U||q), for every T.

*Why.* The mean of one increment is the divergence of the two next-token laws, so E i_T is the sum of D(p(U_t|S,U^{t-1})||q(U_t|S,U^{t-1})); and
log p/q = log p/p_U + log p_U/q. That q is blind is assumed in the form it is used: prompts are drawn alike, and q's posterior of S is its
prior, so that D(p(S|U^T)||q(S|U^T)) = I(S;U^T). The marginal is the blind law with D(p_U||q) = 0.

*False:* E i_T = I(S;U^T) for every blind q, such as the model run on an empty prompt: that overstates it by D(p_U||q). The
decomposition: Topsoe 1967 ("compensation identity").
"""

from semtheory import Fidelity, Given, Theorem, Variant

same_prompts = Given("D(p(S)||q(S)) = 0", met_by="one source of prompts", broken_by="q imagines other prompts")
blind = Given(
    "D(p(S|U^T)||q(S|U^T)) = I(S;U^T)",
    met_by="q is the model without a prompt",
    broken_by="q reads the prompt too: q = p has E i_T = 0",
)
FLOW = "sum(t=1..T) D(p(U_t|S,U^{t-1})||q(U_t|S,U^{t-1}))"

SF1 = Theorem(
    "SF1",
    title="E i_T = I(S -> U^T), plus D(p_U||q) for a prompt-blind q that is not the marginal",
    depends=["DI4", "F3"],
    claims=[
        "sum(t=1..T) I(S;U_t|U^{t-1}) = I(S;U^T)",
        (f"{FLOW} = I(S;U^T) + D(p(U^T)||q(U^T))", blind, same_prompts),
        (f"{FLOW} >= I(S;U^T)", blind, same_prompts),
    ],
    variants=[
        Variant(
            f"{FLOW} = I(S;U^T)", given=(blind, same_prompts), why="a blind q that is not the marginal: D(p_U||q) more"
        ),
        Variant(f"{FLOW} = I(S;U^T)", why="q may read the prompt: q = p has E i_T = 0"),
    ],
    fidelity=Fidelity(
        "variant",
        source="Massey 1990; Topsoe 1967",
        paper="the semantic information flow of inference, a log-likelihood ratio against the prompt-free model",
        differences="the reference is named; its distance from the marginal is part of the mean",
    ),
)
