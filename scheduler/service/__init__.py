"""The service: look, plan, do. It wires the adapters' functions along the data's one way; rules are in `core`."""
