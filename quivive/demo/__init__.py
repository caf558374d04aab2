"""`quivive demo`: the whole job on this machine, without network or accounts."""
