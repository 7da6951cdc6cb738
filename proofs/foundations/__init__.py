"""Chapter F, foundations: Gibbs, chain rules, data processing, Fano, Pinsker, the softmax as a Boltzmann law."""
