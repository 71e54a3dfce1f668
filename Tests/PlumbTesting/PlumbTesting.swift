// Helpers for tests: seeded luck, time turned by hand, an engine in memory, and the contract that every engine keeps.
