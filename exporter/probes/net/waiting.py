"""Waiting for sockets in coroutines, on any event loop and for any kind of socket."""

import asyncio
import socket


async def readable(sock: socket.socket | int, seconds: float | None = None) -> bool:
    """Wait until something can be received; False where nothing came in time.

    Args:
        sock: Does not block; or any descriptor that can be waited for.
        seconds: For which it is waited; None for ever.
    """
    loop = asyncio.get_running_loop()
    came: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not came.done():
            came.set_result(None)

    loop.add_reader(sock, wake)
    try:
        await asyncio.wait_for(came, seconds)
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(sock)
    return True
