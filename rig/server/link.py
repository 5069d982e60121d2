"""The line between the command and every SSH server: real TCP, with the delay, rate and accidents that tests ask for.

Connections to port 22 of machines are redirected here by nftables and go on from here, marked so that they pass. Nothing is
redirected while the line is perfect.
"""

import asyncio
import socket
import struct
import threading

from .machines import network

SO_ORIGINAL_DST = 80
CHUNK = 1 << 16


class Link:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.writers: set[asyncio.StreamWriter] = set()
        self.redirected = False
        self.set_now()

    def start(self) -> None:
        def run() -> None:
            asyncio.set_event_loop(self.loop)
            server = asyncio.start_server(self._accept, "0.0.0.0", network.LINK_PORT, limit=CHUNK)
            self.loop.run_until_complete(server)
            self.loop.run_forever()

        threading.Thread(target=run, daemon=True).start()

    def set(self, **settings) -> None:
        asyncio.run_coroutine_threadsafe(self._set(**settings), self.loop).result(10)

    def set_now(self, delay: float = 0, rate: float | None = None, stalled: bool = False, refused: bool = False) -> None:
        self.delay, self.rate, self.refused = delay, rate, refused
        self.flowing = asyncio.Event()
        if not stalled:
            self.flowing.set()

    async def _set(self, cut: bool = False, **settings) -> None:
        before = self.flowing
        self.set_now(**settings)
        if self.flowing.is_set():
            before.set()
        if self.redirected != bool(settings):
            self.redirected = bool(settings)
            network.redirect_ssh(self.redirected)
        if cut:
            for writer in list(self.writers):
                reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near = writer.get_extra_info("socket")
        _, port, address = struct.unpack("!HH4s8x", near.getsockopt(socket.IPPROTO_IP, SO_ORIGINAL_DST, 16))
        if self.refused:
            return reset(writer)
        far = socket.socket()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, network.LINK_MARK)
        far.setblocking(False)
        try:
            await asyncio.sleep(2 * self.delay)  # the handshake's own way there and back
            await self.loop.sock_connect(far, (socket.inet_ntoa(address), port))
        except OSError:
            return reset(writer)
        far_reader, far_writer = await asyncio.open_connection(sock=far, limit=CHUNK)
        self.writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer), return_exceptions=True)
        for end in (writer, far_writer):
            self.writers.discard(end)
            end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Every chunk arrives `delay` after it was read, and in order."""
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=4096)

        async def deliver() -> None:
            while True:
                due, chunk = await chunks.get()
                await asyncio.sleep(max(0, due - self.loop.time()))
                await self.flowing.wait()
                if not chunk:
                    return writer.write_eof()
                writer.write(chunk)
                await writer.drain()
                if self.rate:
                    await asyncio.sleep(len(chunk) / self.rate)

        delivering = asyncio.ensure_future(deliver())
        try:
            while chunk := await reader.read(CHUNK):
                await chunks.put((self.loop.time() + self.delay, chunk))
            await chunks.put((self.loop.time() + self.delay, b""))
            await delivering
        except OSError:
            delivering.cancel()
            writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection as a broken one does, with RST instead of FIN."""
    if (end := writer.get_extra_info("socket")) is not None:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
