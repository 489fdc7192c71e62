"""A uvicorn that stops at once although live streams are open: they are ended first."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from api.live import Hub


class StreamingServer(uvicorn.Server):
    """Ends the streams, then waits for what else is under way."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._hub: Hub = app.state.live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by uvicorn when it was told to stop."""
        self._hub.close()
        await super().shutdown(sockets)
