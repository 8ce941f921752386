"""The set-up of a rule, step by step: what is kept of each, and how it ends."""
