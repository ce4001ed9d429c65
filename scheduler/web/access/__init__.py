"""Who comes in: sessions, one-time links, a proxy's word, the body's own sign-in server, and each person's profile."""
