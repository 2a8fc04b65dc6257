"""SLI, error budget, burn rates and alert tiers. Pure: no clock, no I/O."""
