"""The page, the feed's route and the health check, read only, on the loopback interface by default."""
