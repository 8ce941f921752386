"""The configuration as a file: read, checked, planned, applied and written again."""
