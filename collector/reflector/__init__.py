"""The STAMP session reflector (RFC 8762, stateful): own process, own UDP port, answers enrolled agents only."""
