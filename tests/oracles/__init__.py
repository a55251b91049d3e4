"""Optional: the same data through R's spdep and spatstat, in a process of their own. `make oracles`."""
