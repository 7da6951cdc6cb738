r"""Derivations as authors write them. Each is correct; `planted` turns one of its relations into a wrong one.

An entry is (name, suffix, text, (old, new)): `new` in place of `old` is the planted error, on one line of the file.
"""

from __future__ import annotations

CORPUS: list[tuple[str, str, str, tuple[str, str]]] = []


def tex(name: str, text: str, old: str, new: str) -> None:
    CORPUS.append((name, ".tex", text.strip("\n") + "\n", (old, new)))


def md(name: str, text: str, old: str, new: str) -> None:
    CORPUS.append((name, ".md", "# Notes\n\n```proof\n" + text.strip("\n") + "\n```\n", (old, new)))


tex("channel_coding_converse", r"""
\section{Converse} Let $W$ be uniform. By Fano,
% given: W, X^{t-1}, Y^{t-1} -> X_t -> Y_t for t=1..n
% claim: H(W) \le H(W|Y^n) + \sum_{t=1}^n I(X_t;Y_t)
\begin{align}
  H(W) &= H(W \mid Y^n) + I(W;Y^n) \label{eq:first} \\
       &= H(W|Y^n) + \sum_{t=1}^{n} I(W;Y_t \mid Y^{t-1}) \\
       &\overset{(a)}{\le} H(W|Y^n) + \sum_{t=1}^n I(W,Y^{t-1};Y_t) \nonumber \\
       &\le H(W|Y^n) + \sum_{t=1}^n I(W,Y^{t-1},X_t;Y_t) \\
       &\stackrel{(b)}{=} H(W|Y^n) + \sum_{t=1}^n I(X_t;Y_t), && \text{(memoryless)}
\end{align}
where (a) adds a variable.
""", r"\overset{(a)}{\le} H(W|Y^n) + \sum_{t=1}^n I(W,Y^{t-1};Y_t)", r"\overset{(a)}{\le} H(W|Y^n) + \sum_{t=1}^n I(W;Y_t)")

tex("converse_by_entropies", r"""
% given: W, X^{t-1}, Y^{t-1} -> X_t -> Y_t for t=1..n
% given: H(X_t|W,Y^{t-1}) = 0 for t=1..n
\begin{align*}
I(W;Y^n) &= \sum_{i=1}^n \left[ H(Y_i|Y^{i-1}) - H(Y_i|W,Y^{i-1}) \right] \\
 &\leq \sum_{i=1}^n \bigl[ H(Y_i) - H(Y_i|W,Y^{i-1}) \bigr] \\
 &= \sum_{i=1}^n \bigl[ H(Y_i) - H(Y_i|W,Y^{i-1},X_i) \bigr] \\
 &= \sum_{i=1}^n \bigl[ H(Y_i) - H(Y_i|X_i) \bigr] \\
 &= \sum_{i=1}^n I(X_i;Y_i).
\end{align*}
""", r"\leq \sum_{i=1}^n \bigl[ H(Y_i) -", r"\geq \sum_{i=1}^n \bigl[ H(Y_i) -")

tex("feedback_converse", r"""
% given: W, X^{t-1}, Y^{t-1} -> X^t, Y^{t-1} -> Y_t for t=1..n
% given: H(X_t|W,Y^{t-1}) = 0 for t=1..n
% claim: I(W;Y^n) = I(X^n \to Y^n)
\begin{align}
I(W;Y^n) &= \sum_{t=1}^n I(W;Y_t|Y^{t-1}) \\
 &= \sum_{t=1}^n I(W,X^t;Y_t|Y^{t-1}) \\
 &= \sum_{t=1}^n I(X^t;Y_t|Y^{t-1}) \\
 &= I(X^n \to Y^n)
\end{align}
""", r"I(X^t;Y_t|Y^{t-1}) \\", r"I(X^{t-1};Y_t|Y^{t-1}) \\")

md("fano_two_expansions", """
given: H(E|W,V) = 0

H(E,W|V) = H(W|V) + H(E|W,V)        # chain rule
         = H(W|V)                   # E is a function of W and V

H(E,W|V) = H(E|V) + H(W|E,V)
         <= H(E) + H(W|E,V)         # conditioning
""", "<= H(E) + H(W|E,V)", "<= H(E) + H(W|E,V) - H(V|E)")

md("fano_with_estimate", """
given: W -> Y -> V
claim: H(W|Y) <= H(W|V)

H(W|Y) = H(W|Y,V)      # Markov
       <= H(W|V)       # conditioning reduces entropy
""", "= H(W|Y,V)      # Markov", "= H(W,V|Y)      # Markov")

tex("csiszar_sum", r"""
\begin{equation}
  \sum_{t=1}^{n} I(X_{t+1}^n; Y_t \mid Y^{t-1}) = \sum_{t=1}^{n} I(Y^{t-1}; X_t \mid X_{t+1}^n)
\end{equation}
""", r"I(Y^{t-1}; X_t \mid X_{t+1}^n)", r"I(Y^{t}; X_t \mid X_{t+1}^n)")

tex("csiszar_sum_conditional", r"""
Conditioned on $W$ the identity reads
\[
  \sum_{i=1}^n I(X_{i+1}^n;Y_i|Y^{i-1},W) = \sum_{i=1}^n I(Y^{i-1};X_i|X_{i+1}^n,W).
\]
""", r"I(Y^{i-1};X_i|X_{i+1}^n,W)", r"I(Y^{i-1};X_i|X_{i}^n,W)")

tex("wiretap_single_letter", r"""
% claim: I(W;Y^n) - I(W;Z^n) = \sum_{i=1}^n I(W;Y_i|Y^{i-1},Z_{i+1}^n) - \sum_{i=1}^n I(W;Z_i|Y^{i-1},Z_{i+1}^n)
\begin{align}
 I(W;Y^n) - I(W;Z^n) &= \sum_{i=1}^n I(W;Y_i|Y^{i-1}) - \sum_{i=1}^n I(W;Z_i|Z_{i+1}^n) \\
 &= \sum_{i=1}^n I(W,Z_{i+1}^n;Y_i|Y^{i-1}) - \sum_{i=1}^n I(W,Y^{i-1};Z_i|Z_{i+1}^n) \\
 &= \sum_{i=1}^n I(W;Y_i|Y^{i-1},Z_{i+1}^n) - \sum_{i=1}^n I(W;Z_i|Y^{i-1},Z_{i+1}^n)
\end{align}
""", r"\sum_{i=1}^n I(W;Z_i|Z_{i+1}^n) \\", r"\sum_{i=1}^n I(W;Z_i|Z_{i}^n) \\")

tex("wiretap_degraded", r"""
% given: $W \to X \to Y \to Z$
\begin{align*}
I(W;Y) - I(W;Z) &= I(W;Y|Z) \\
 &\le I(X;Y|Z) \\
 &= I(X;Y) - I(X;Z)
\end{align*}
""", r"&\le I(X;Y|Z)", r"&\ge I(X;Y|Z)")

tex("wiretap_equivocation", r"""
% given: W -> Y^n -> Z^n
\begin{eqnarray}
H(W|Z^n) & = & H(W) - I(W;Z^n) \\
& = & H(W|Y^n) + I(W;Y^n) - I(W;Z^n) \\
& = & H(W|Y^n) + I(W;Y^n|Z^n) \\
& \le & H(W|Y^n) + H(Y^n|Z^n)
\end{eqnarray}
""", r"& = & H(W|Y^n) + I(W;Y^n|Z^n)", r"& = & H(W) + I(W;Y^n|Z^n)")

tex("rate_distortion_single_letter", r"""
% given: I(X^{t-1};X_t) = 0 for t=1..n
% given: X^n -> W -> \hat X^n
% claim: H(W) \ge \sum_{t=1}^n I(X_t;\hat X_t)
\begin{align}
H(W) &\ge I(X^n;W) \\
 &\ge I(X^n;\hat{X}^n) \\
 &= \sum_{t=1}^n H(X_t|X^{t-1}) - \sum_{t=1}^n H(X_t | X^{t-1}, \hat X^n) \\
 &= \sum_{t=1}^n H(X_t) - \sum_{t=1}^n H(X_t|X^{t-1},\hat X^n) \\
 &\ge \sum_{t=1}^n H(X_t) - \sum_{t=1}^n H(X_t|\hat{X}_t) \\
 &= \sum_{t=1}^n I(X_t;\hat{X}_t)
\end{align}
""", r"&= \sum_{t=1}^n I(X_t;\hat{X}_t)", r"&= \sum_{t=1}^n I(X_t;\hat{X}^t)")

tex("rate_distortion_two_blocks", r"""
% given: I(X_1;X_2) = 0
\begin{align*}
I(X_1,X_2;\hat X_1,\hat X_2) &= H(X_1) + H(X_2) - H(X_1,X_2|\hat X_1,\hat X_2) \\
&= H(X_1) + H(X_2) - H(X_1|\hat X_1,\hat X_2) - H(X_2|X_1,\hat X_1,\hat X_2) \\
&\ge H(X_1) + H(X_2) - H(X_1|\hat X_1) - H(X_2|\hat X_2) \\
&= I(X_1;\hat X_1) + I(X_2;\hat X_2)
\end{align*}
""", r"&= H(X_1) + H(X_2) - H(X_1|\hat X_1,\hat X_2) - H(X_2|X_1,", r"&= H(X_1) + H(X_2) - H(X_1|\hat X_1,\hat X_2) - H(X_1|X_2,X_1,")

tex("conservation_law", r"""
% claim: I(X^n;Y^n) = I(X^n \to Y^n) + I(Y^{n-1} \to X^n)
\begin{align}
I(X^n;Y^n) &= \sum_{t=1}^n I(X^t;Y_t|Y^{t-1}) + \sum_{t=1}^n I(Y^{t-1};X_t|X^{t-1}) \\
 &= I(X^n \to Y^n) + I(Y^{n-1} \to X^n)
\end{align}
""", r"+ I(Y^{n-1} \to X^n)" + "\n\\end", r"+ I(Y^{n} \to X^n)" + "\n\\end")

md("conservation_bounds", """
claim: DI(X^n->Y^n) <= I(X^n;Y^n)

I(X^n;Y^n) = DI(X^n->Y^n) + TE(Y^n->X^n)   # Massey and Massey
           >= DI(X^n->Y^n)
""", ">= DI(X^n->Y^n)", "<= DI(X^n->Y^n)")

md("no_feedback_equality", """
given: Y^{t-1} -> X^{t-1} -> X_t for t=1..n

I(X^n;Y^n) = DI(X^n->Y^n) + sum(t=1..n) I(Y^{t-1};X_t|X^{t-1})
           = DI(X^n->Y^n)
""", "sum(t=1..n) I(Y^{t-1};X_t|X^{t-1})", "sum(t=1..n) I(Y^{t};X_t|X^{t-1})")

tex("information_bottleneck", r"""
% given: T \to X \to Y
% claim: I(T;Y) \le I(T;X)
\begin{align*}
 I(T;Y) &\le I(T;X,Y) \\
        &= I(T;X) + I(T;Y\mid X) \\
        &= I(T;X)
\end{align*}
""", r"&= I(T;X) + I(T;Y\mid X)", r"&= I(T;X) + I(T;Y)")

tex("bottleneck_loss", r"""
% given: $Y \to X \to T$
\begin{align}
I(X;Y|T) &= I(X,T;Y) - I(T;Y) \\
         &= I(X;Y) - I(T;Y) \\
         &\geq 0.
\end{align}
""", r"&= I(X;Y) - I(T;Y)", r"&= I(X;T) - I(T;Y)")

md("bottleneck_layers", """
given: Y -> X -> T_one -> T_two

I(T_two;Y) <= I(T_one;Y)
           <= I(X;Y)
           <= H(Y)

I(X;T_two) <= I(X;T_one)
""", "<= H(Y)", "<= H(T_one)")

tex("sequential_rate_distortion", r"""
% given: X_{t+1}^{n} \to X^t \to \hat X^t for t=1..n
\begin{align}
 I(X^n \to \hat X^n) &= \sum_{t=1}^n I(X^t;\hat X_t | \hat X^{t-1}) \\
 &\le \sum_{t=1}^n I(X^n;\hat X_t|\hat X^{t-1}) \\
 &= I(X^n;\hat X^n)
\end{align}
""", r"&= I(X^n;\hat X^n)", r"&\le \sum_{t=1}^n I(X_t;\hat X_t)")

tex("sequential_lower_bound", r"""
\begin{align*}
\sum_{t=1}^n I(X^t;\hat X_t|\hat X^{t-1}) &\ge \sum_{t=1}^n I(X_t;\hat X_t|\hat X^{t-1}) \\
&= \sum_{t=1}^n \bigl[ H(X_t|\hat X^{t-1}) - H(X_t|\hat X^{t}) \bigr]
\end{align*}
""", r"H(X_t|\hat X^{t}) \bigr]", r"H(X_t|\hat X^{t-1}) \bigr]")

md("prompt_response_split", """
# S is the prompt, Y^n the response

claim: I(S;Y^n) = H(Y^n) - sum(t=1..n) H(Y_t|Y^{t-1},S)

I(S;Y^n) = H(Y^n) - H(Y^n|S)
         = H(Y^n) - sum(t=1..n) H(Y_t|Y^{t-1},S)    # autoregressive
""", "= H(Y^n) - sum(t=1..n) H(Y_t|Y^{t-1},S)    #", "= H(Y^n) - sum(t=1..n) H(Y_t|S)    #")

tex("prompt_response_hidden_state", r"""
% given: S, Y^{t-1} -> Z_t -> Y_t for t=1..n
\begin{align}
H(Y^n|S) &= \sum_{t=1}^n H(Y_t|Y^{t-1},S) \\
 &\ge \sum_{t=1}^n H(Y_t|Y^{t-1},S,Z_t) \\
 &= \sum_{t=1}^n H(Y_t|Z_t)
\end{align}
""", r"&= \sum_{t=1}^n H(Y_t|Z_t)", r"&= \sum_{t=1}^n H(Y_t|Y^{t-1})")

md("prompt_response_chain", """
given: R -> S -> Y^n
given: H(Z|Y^n) = 0

I(R;Z) <= I(R;Y^n)     # Z is computed from the response
       <= I(S;Y^n)     # the intent R acts through the prompt
       <= H(S)
""", "<= I(S;Y^n)", "<= I(S;Z)")

md("han_three", """
2*H(X,Y,Z) = H(X,Y) + H(Z|X,Y) + H(X,Y,Z)
           <= H(X,Y) + H(Z|Y) + H(X,Y,Z)
           <= H(X,Y) + H(Y,Z) + H(X,Z)
""", "<= H(X,Y) + H(Z|Y) + H(X,Y,Z)", "<= H(X,Y) + H(Z|Y) + H(X,Y)")

md("secret_sharing", """
given: I(S;A) = 0
given: H(S|A,B) = 0
claim: H(B) >= H(S)

H(S) = I(S;A,B)
     = I(S;A) + I(S;B|A)
     = I(S;B|A)
     <= H(B|A)
     <= H(B)
""", "     = I(S;B|A)", "     = I(S;B)")

tex("one_time_pad", r"""
% given: I(M;K) = 0
% given: H(C|M,K) = 0
% given: H(M|C,K) = 0
% given: I(M;C) = 0
% claim: H(K) \ge H(M)
\begin{align*}
H(M) &= H(M|C) \\
 &= I(M;K|C) + H(M|C,K) \\
 &= I(M;K|C) \\
 &\le H(K|C) \le H(K)
\end{align*}
""", r"&= I(M;K|C) \\", r"&= I(M;K) \\")

tex("mac_sum_rate", r"""
% given: I(W;V) = 0
% given: W \to X \to Y,V
\begin{align}
I(W,V;Y) &= I(V;Y) + I(W;Y|V) \\
 &= I(V;Y) + I(W;Y,V) \\
 &\le I(V;Y) + I(X;Y,V)
\end{align}
""", r"&= I(V;Y) + I(W;Y,V)", r"&= I(V;Y) + I(W;Y) + H(V)")

tex("interaction_information", r"""
\begin{gather}
I(X;Y;Z) = I(X;Y) - I(X;Y|Z) \\
I(X;Y;Z) \le I(X;Y) \\
I(X;Y,Z) = I(X;Y) + I(X;Z) - I(X;Y;Z)
\end{gather}
""", r"I(X;Y;Z) \le I(X;Y) \\", r"I(X;Y;Z) \ge 0 \\")

md("kramer_chain", """
DI(X^n,Z^n->Y^n) = DI(Z^n->Y^n) + DI(X^n->Y^n||Z^n)
                 >= DI(Z^n->Y^n)

H(Y^n||X^n) = H(Y^n) - DI(X^n->Y^n)
            <= H(Y^n)
""", ">= DI(Z^n->Y^n)", ">= DI(Z^n->Y^n) + DI(X^n->Y^n)")

tex("multline_split", r"""
% given: W -> X -> Y
\begin{multline}
I(W;Y|X) + I(X;Y) = I(W,X;Y) \\
 = I(X;Y) \\
 \le H(X|W) + I(W;X)
\end{multline}
% given: W -> X -> Y
\begin{equation}\begin{split}
 H(X,Y|W) &= H(X|W) \\
  &\quad + H(Y|X,W) \\
  &= H(X|W) + H(Y|X)
\end{split}\end{equation}
""", r"&= H(X|W) + H(Y|X)", r"&= H(X|W) + H(Y|W)")

tex("auxiliary_definition", r"""
% given: W, X^{t-1}, Y^{t-1} -> X_t -> Y_t for t=1..n
\begin{align}
U_t &\triangleq (W, Y^{t-1}) \\
I(W;Y^n) &= \sum_{t=1}^n I(W;Y_t|Y^{t-1}) \\
 &\le \sum_{t=1}^n I(U_t;Y_t) \\
 &\le \sum_{t=1}^n I(X_t;Y_t)
\end{align}
""", r"&\le \sum_{t=1}^n I(X_t;Y_t)", r"&\le \sum_{t=1}^n I(X_t;Y_t|U_t)")

tex("own_macros_and_fractions", r"""
\newcommand{\MI}[2]{I\left(#1;#2\right)}
\DeclareMathOperator{\Ent}{H}
\begin{align}
 \tfrac{1}{2}\MI{X}{Y} + \frac12 \Ent(X|Y) &= \frac{1}{2}\,\Ent(X) \notag \\
 R := \MI{X}{Y\mid Z} &\le \Ent(X \mid Z) \\
 R &\le \mathrm{H}(Y\,|\,Z), \qquad R \ge 0.
\end{align}
""", r"&\le \Ent(X \mid Z) \\", r"&\le \Ent(X \mid Y) \\")

md("memoryless_channel", """
given: W, X^n, Y^{t-1} -> X_t -> Y_t for t=1..n

I(X^n;Y^n) = H(Y^n) - sum(t=1..n) H(Y_t|Y^{t-1},X^n)
           = H(Y^n) - sum(t=1..n) H(Y_t|X_t)
           <= sum(t=1..n) H(Y_t) - sum(t=1..n) H(Y_t|X_t)
           = sum(t=1..n) I(X_t;Y_t)
""", "= H(Y^n) - sum(t=1..n) H(Y_t|X_t)", "= H(Y^n) - sum(t=1..n) H(Y_t|X_t,Y^{t-1}) - H(X^n)")


def planted(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with the error, and the line it is on."""
    assert text.count(old) == 1, (text.count(old), old)
    at = text.index(old)
    return text.replace(old, new), text.count("\n", 0, at) + 1
