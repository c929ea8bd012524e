"""The bytes that are hashed and signed, the Merkle log and its proofs: pure functions, no I/O."""
