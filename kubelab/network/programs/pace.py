"""How long (ms) things take on the cluster's network; chance has no part in it."""

NAME = 2
"""A question to a name server, and its answer."""
CONNECT = 1
"""A connection that is accepted or refused."""
ANSWER = 2
"""A request and its response."""
SILENCE = 134_000
"""How long Linux tries to connect before it gives up: six repeated SYNs."""
NO_SERVER = 5_000
"""How long a resolver waits for a name server."""
