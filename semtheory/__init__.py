"""Information-theoretic claims, proved, refuted or left undecided, with evidence that a small checker accepts."""
