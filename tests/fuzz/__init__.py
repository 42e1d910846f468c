"""A small mutation fuzzer for the parsers of foreign bytes. See __main__.py; parsers.py is the list."""
