"""Chain rules: entropy, information and relative entropy add up along time, for every n.

H(X^n) = sum_t H(X_t | X^{t-1}); I(X^n; Y) = sum_t I(X_t; Y | X^{t-1}); D(p(X^n)||q(X^n)) = sum_t D(p(X_t|X^{t-1})||q(X_t|X^{t-1})).

*Why.* p(x^n) = prod_t p(x_t | x^{t-1}), and a logarithm turns the product into a sum. The potential of each proof is the left
side up to time t.

*The third* is what makes next-token training a matter of whole sequences: the loss per token adds up to the relative entropy
of the whole (where p << q; else both sides are +infinity).

Cover and Thomas 2006, Theorems 2.5.1, 2.5.2, 2.5.3.
"""

from semtheory import Fidelity, Theorem, Variant

F3 = Theorem(
    "F3",
    title="Chain rules for H, I and D, for every n",
    claims=[
        "H(X^n) = sum(t=1..n) H(X_t|X^{t-1})",
        "H(X^n|Z) = sum(t=1..n) H(X_t|X^{t-1},Z)",
        "I(X^n;Y) = sum(t=1..n) I(X_t;Y|X^{t-1})",
        "D(p(X^n)||q(X^n)) = sum(t=1..n) D(p(X_t|X^{t-1})||q(X_t|X^{t-1}))",
    ],
    variants=[
        Variant("H(X^n) = sum(t=1..n) H(X_t)", why="tokens that depend on each other"),
        Variant("I(X^n;Y) = sum(t=1..n) I(X_t;Y)", why="two copies of the same evidence"),
        Variant("I(X^n;Y) <= sum(t=1..n) I(X_t;Y)", why="Y = X_1 xor X_2: neither alone says anything"),
        Variant("D(p(X^n)||q(X^n)) = sum(t=1..n) D(p(X_t)||q(X_t))", why="laws with the same marginals and another dependence"),
    ],
    fidelity=Fidelity("reproduction", source="Cover and Thomas 2006, section 2.5", paper="the token as the unit: sequence quantities are sums over tokens"),
)
