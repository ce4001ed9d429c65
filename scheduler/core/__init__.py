"""Pure rules: periods, workdays, obligations, occurrences, what is due now and why. No I/O, no clock, no logging."""
