"""What the hot paths cost, measured: `make bench`. Figures of one run are comparable as ratios only."""
