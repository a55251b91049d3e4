"""Risk-sector catalogue, territory proposals, focal territories, risk factors, perception readings and scores."""
