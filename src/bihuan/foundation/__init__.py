"""Who, may, proof, paper, word: what any serious system stands on."""
