"""What a state-space layer remembers is what its state holds.

(a) One layer with Abar_s, Bbar_s set by x_s alone. For t >= j, h_t = P h_j + R with P = Abar_t ... Abar_{j+1} and R free of x_j. So a change
of x_j moves h_t by P times what it moves h_j: |dh_t/dx_j| <= prod_{s=j+1..t} |Abar_s| |dh_j/dx_j|, and at most rho^{t-j} of it when all |Abar| <= rho < 1.
(b) Whatever the layers: outputs after j depend on the past only through the state, so I(X^j; Y_{j+1:T}|X_{j+1:T}) <= H(h_j) <= its bits; to copy n
uniform tokens from before j takes H(h_j) >= n log V.

*Why.* (a) Abar (P h + R) + u = (Abar P) h + (Abar R + u), by induction on t; differences of states at two values of x_j multiply, exactly; the
derivative is their limit. For a diagonal Abar, state by state, and the norm by the largest |Abar|. (b) The state and the inputs give the
next state and the output (X^n below is the input after j, S = h_j, P the past X^j): by induction over n, H(Y^n|S, X^n) = 0, and
I(P;Y^n|X^n) <= I(P;S|X^n) <= H(S).

*False:* |Bbar_j| as the last factor under selection: Abar_j moves with x_j and acts on h_{j-1} (sigmoid, h_{j-1} = 10, Bbar = 1: 3.5 > 1 at x = 0). The
bound with one layer's decays for two layers: the first layer's memory is a way around. Polynomial forgetting for constant |Abar| < 1.
Attention is not bounded like this: it reads the past itself. Jelassi et al. 2024 (copying); Dao and Gu 2024.
"""

import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise

A, P, R, u, h, k, g, M, S, Q = sympy.symbols("A P R u h k g M S Q")
x, b, w, v, H, G, rho, n, p, q = sympy.symbols("x b w v H G rho n p q")
exp, log = sympy.exp, sympy.log
gate = 1 / (1 + exp(-x))

state = Given(
    "H(Z_t|S,Z^{t-1},X^t) = 0 for t=1..n",
    met_by="any recurrent layer or stack of layers: Z_1 = Abar(X_1) S + Bbar(X_1) X_1, Z_t from Z_{t-1} and X_t",
    broken_by="Z_1 is the past itself and S a constant: a state that is refilled",
)
output = Given(
    "H(Y_t|Z_t) = 0 for t=1..n",
    met_by="Y_t = C Z_t",
    broken_by="attention: Y_1 looks at the past, S a constant",
)
unrolled = Given(
    "H(Y|S,X) = 0", met_by="the line above: Y = Y^n, X = X^n, any n", broken_by="attention: Y is the past, S a constant"
)
copied = Given("H(P|Y,X) = 0", met_by="the outputs repeat the past", broken_by="outputs that are constant")
fresh = Given(
    "I(P;X) = 0", met_by="what follows is independent of the past", broken_by="the inputs repeat the past themselves"
)

SS5 = Theorem(
    "SS5",
    title="Memory: |dh_t/dx_j| <= prod |Abar_s| |dh_j/dx_j|; I(past; outputs|inputs) <= H(h_j)",
    depends=["SS2", "F3"],
    claims=[
        Identity(
            "step, any t: Abar (P h + R) + u = (Abar P) h + (Abar R + u), u = Bbar_t x_t",
            A * (P * h + R) + u,
            (A * P) * h + (A * R + u),
            latex=r"h_t = (\bar A_t \cdots \bar A_{j+1})\, h_j + R_t",
        ),
        Identity(
            "two values of x_j: (P h + R) - (P k + R) = P (h - k), exactly",
            (P * h + R) - (P * k + R),
            P * (h - k),
            latex=r"h_t - h_t' = \bar A_t\cdots\bar A_{j+1}\,(h_j - h_j')",
        ),
        Derivative(
            "dh_t/dx_j = P dh_j/dx_j, for h_j any sum of exponentials of x_j (H, with slope G)",
            P * H + R,
            "x",
            P * G,
            sums={"H": w * exp(v * x), "G": v * w * exp(v * x)},
            point=["w", "v"],
            latex=r"\frac{\partial h_t}{\partial x_j} = \bar A_t\cdots\bar A_{j+1}\, \frac{\partial h_j}{\partial x_j}",
        ),
        Termwise(
            "norm, diagonal Abar: sum over states of (P g)^2 <= M sum of g^2 when P^2 <= M",
            M * S - Q,
            sums={"S": g**2, "Q": P**2 * g**2},
            point=["g", "P"],
            facts=[M - P**2 >= 0],
            shown=(M - P**2) * g**2,
            latex=r"|\partial h_t/\partial x_j| \le \prod_{s=j+1}^t |\bar A_s|\; |\partial h_j/\partial x_j|",
        ),
        Sign(
            "forgetting is exponential: (rho P)^2 - (Abar P)^2 >= 0 for Abar^2 <= rho^2: one more token, one more factor rho",
            (rho * P) ** 2 - (A * P) ** 2,
            facts=[rho**2 - A**2 >= 0],
            shown=(rho**2 - A**2) * P**2,
            latex=r"\prod |\bar A_s| \le \rho^{\,t-j}",
        ),
        Derivative(
            "under selection the last factor has two parts: d/dx (Abar(x) h + b x) = Abar'(x) h + b, Abar the sigmoid",
            gate * h + b * x,
            "x",
            gate * (1 - gate) * h + b,
            latex=r"\partial h_j/\partial x_j = \bar A'(x_j)\, h_{j-1} + \bar B_j",
        ),
        ("I(P;Y^n|X^n) <= H(S)", state, output),
        ("H(P) <= H(S)", unrolled, copied, fresh),
    ],
    variants=[
        Variant(
            Sign(
                "under selection |dh_j/dx_j| <= |Bbar_j| = 1: 1 - (Abar' h + 1) >= 0 at x = 0, Abar' = 1/4",
                1 - (h / 4 + 1),
                facts=[h > 0],
            ),
            why="the gate moves with x_j and lets more of h_{j-1} = 10 through: 3.5 > 1",
        ),
        Variant(
            Sign(
                "two layers, the second layer's decay q: |dh_2/dx_1| <= q |dh_1/dx_1|: q - (q + p) >= 0, p the first layer's decay",
                q - (q + p),
                facts=[q > 0, p > 0],
            ),
            why="h_2 of the second layer is q h_1 + p x_1: the first layer still remembers",
        ),
        Variant(
            Sign(
                "polynomial decay for constant |Abar| = rho < 1: rho^n >= 1/n^2",
                exp(n * log(rho)) - 1 / n**2,
                facts=[rho > 0, 1 - rho > 0, n - 1 >= 0],
            ),
            why="a constant decay forgets exponentially; slower needs decays that tend to 1",
        ),
        Variant(
            "I(P;Y^n|X^n) <= H(S)",
            given=(state,),
            why="attention: outputs that look at the past itself are not bounded by any state",
        ),
        Variant(
            "I(P;Y^n|X^n) <= H(Y_1)",
            given=(state, output),
            why="the state may be read out over many tokens",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Dao and Gu 2024; Jelassi et al. 2024",
        paper="the memory of Mamba against that of the Transformer",
        differences="the derivative bound is for one layer; the information bound is for any recurrent state, with its entropy in place of its bits",
    ),
)
