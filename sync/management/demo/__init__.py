"""The newcomer's first minute: the real commands, against local stand-ins, in a scratch folder."""
