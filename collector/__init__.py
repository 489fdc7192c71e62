"""From the broker into the journal: take, decode, make durable, acknowledge."""
