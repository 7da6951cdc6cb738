"""What can be said: random variables, information measures as SymPy expressions, the claim language, printing."""
