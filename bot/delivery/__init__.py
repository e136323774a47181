"""Pure decisions about sending: what fits, how fast, when again, and what to believe after an answer was lost."""
