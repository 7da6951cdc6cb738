"""Derivations as people write them, Markdown or LaTeX: read by a grammar, checked line by line, nothing evaluated."""
