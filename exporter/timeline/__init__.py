"""An endpoint's history as disjoint intervals. Pure: integers only, no clock, no I/O."""
