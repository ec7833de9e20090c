"""Serves the page: on this machine alone unless asked, without analytics, each visitor apart from the others."""

import os
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle.demo.uploads import MOST_BYTES

if TYPE_CHECKING:
    from disentangle.demo.page import Rooms
    from disentangle.demo.visitors import Visitors

#: Neither Gradio nor what it stands on is to look for anything on the net.
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def needed() -> None:
    """See that what the page needs is installed.

    Raises:
        ValueError: it is not.
    """
    from importlib.util import find_spec

    if find_spec("gradio") is None:
        raise ValueError("the page needs Gradio, which is not installed. Install it: pip install 'disentangle[demo]'.")


def listening(host: str, port: int) -> socket.socket:
    """A socket that waits for visitors.

    Args:
        host: address or name of this machine.
        port: 0 takes any that is free.

    Raises:
        ValueError: the address is not this machine's, or the port is taken.
    """
    try:
        return socket.create_server((host, port))
    except OSError as error:
        where = f"{host}:{port}, --host, --port"
        raise ValueError(f"cannot listen ({error.strerror or error}), {where}. Give another port.") from None


def application(rooms: "Rooms", cache: Path) -> "Visitors":
    """The page as an ASGI application.

    Args:
        rooms: what it has.
        cache: an empty folder for what visitors bring.
    """
    os.environ.update({**QUIET, "GRADIO_TEMP_DIR": str(cache)})  # read when a page is built
    import gradio as gr
    from fastapi import FastAPI

    from disentangle.demo.page import HEAD, STYLE, build, theme
    from disentangle.demo.visitors import Visitors

    behind = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        behind,
        build(rooms),
        "/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=MOST_BYTES,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        css=STYLE.read_text("utf-8"),
        head=HEAD,
    )
    return Visitors(behind, cache)


def serve(rooms: "Rooms", sockets: socket.socket, told: Callable[[str], None]) -> None:
    """Serve the page until interrupted; what visitors brought is deleted then.

    Args:
        rooms: what it has.
        sockets: waits for visitors.
        told: is told the page's address once it can be opened.
    """
    import uvicorn

    host, port = sockets.getsockname()[:2]
    with tempfile.TemporaryDirectory(prefix="disentangle-demo-") as cache:

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                told(f"http://{host}:{port}")
                if rooms.voice is not None:
                    threading.Thread(target=rooms.voice.warm, daemon=True).start()

        application_ = application(rooms, Path(cache))
        Server(uvicorn.Config(application_, log_level="warning", timeout_graceful_shutdown=2)).run([sockets])
