"""The theorems of the paper, one folder a chapter; found through the entry-point group `semtheory.proofs`."""
