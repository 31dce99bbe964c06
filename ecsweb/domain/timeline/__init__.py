"""The past as a fold over the log: what stood where once an event had happened. Pure; the log is the only store."""
