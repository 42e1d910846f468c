"""An independent simulator of offices, lines and people with known truth, and a scorer for `gapwatch replay`."""
