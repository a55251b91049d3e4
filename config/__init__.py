"""The roof: settings, addresses, the private database and the demo. It wires; it decides nothing."""
