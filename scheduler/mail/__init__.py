"""Mail: the message as bytes, and the transports that hand it over. It knows nothing of the other adapters."""
