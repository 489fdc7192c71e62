"""What machines did: their states, their shifts, why they stood still, when their service is due."""
