"""A page in headless Chromium: at any width, in dark and print, with what it logs, asks for and shows.

Chromium is spoken to over two pipes in its DevTools protocol, which needs no library and no port.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SECONDS = 120  # that a page may take
HEIGHT = 900  # of the window [pixels]
NARROW, PHONE, WIDE = 320, 390, 1_100  # widths [pixels]
RED = "#ff0000"
KEYS = {"Tab": (9, ""), "Enter": (13, "\r")}  # code, and text
AT_3_AND_4 = """
import fcntl, os, sys
there, back = (fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3])  # out of the way of 3 and 4
os.dup2(there, 3)
os.dup2(back, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""  # Chromium reads commands at 3 and answers at 4
COUNT_RED = """
(async () => {
  const image = new Image();
  image.src = "data:image/png;base64,%s";
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  let found = 0;
  for (let at = 0; at < pixels.length; at += 4)
    if (pixels[at] > 250 && pixels[at + 1] < 5 && pixels[at + 2] < 5) found++;
  return found;
})()
"""


def chromium() -> str | None:
    """The browser."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


needed = pytest.mark.skipif(chromium() is None, reason="needs Chromium on the PATH: tests/helpers/browser.py")


class Page:
    """A page that is open; `logged` and `asked` grow with what it logs and asks for."""

    def __init__(self, to: int, back: int):
        self.to, self.back = to, back
        self.number, self.session, self.rest = 0, "", b""
        self.events: set[str] = set()  # that have come
        self.logged: list[str] = []
        self.asked: list[str] = []

    def open(self, page: Path, width: int, dark: bool = False, media: str = "screen") -> None:
        """Show a file at a width, in CSS pixels."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media=media, features=scheme)
        self.call("Page.navigate", url=page.as_uri())
        self.until("Page.loadEventFired")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to a command of the protocol."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer}"
                return answer["result"]

    def until(self, event: str) -> None:
        """Wait for an event, which may have come with an answer already."""
        while event not in self.events:
            self._next()

    def evaluate(self, code: str) -> Any:
        """The value of JavaScript on the page."""
        found = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Press Tab or Enter and let it go."""
        code, text = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)

    def picture(self, selector: str = "html") -> bytes:
        """A PNG of the first element that a selector finds, however far down it is."""
        box = self.evaluate(
            f"(() => {{ const box = document.querySelector({selector!r}).getBoundingClientRect(); return "
            "{x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height}; })()"
        )
        taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=box | {"scale": 1})
        return base64.b64decode(taken["data"])

    def red(self, selector: str) -> int:
        """Number of red pixels of an element."""
        return self.evaluate(COUNT_RED % base64.b64encode(self.picture(selector)).decode())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.back], [], [], SECONDS)
            assert ready, f"Chromium said nothing for {SECONDS} seconds"
            read = os.read(self.back, 1 << 16)
            assert read, "Chromium went away"
            self.rest += read
        content, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(content)
        self._keep(message.get("method"), message.get("params", {}))
        return message

    def _keep(self, method: str | None, params: dict[str, Any]) -> None:
        self.events.add(method or "")
        if method == "Runtime.consoleAPICalled":
            self.logged.append(" ".join(str(each.get("value", each.get("description"))) for each in params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.logged.append(str(params["exceptionDetails"]["text"]))
        elif method == "Log.entryAdded":
            self.logged.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])


@contextmanager
def opened(page: Path, folder: Path, width: int = WIDE, dark: bool = False, media: str = "screen") -> Generator[Page]:
    """A file in a browser of its own; folder: for its profile."""
    program = chromium()
    assert program
    read_there, to = os.pipe()
    back, write_there = os.pipe()
    words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
    words += [f"--user-data-dir={folder / 'profile'}", "--no-first-run", "about:blank"]
    browser = subprocess.Popen(
        [sys.executable, "-c", AT_3_AND_4, str(read_there), str(write_there), *words],
        pass_fds=(read_there, write_there),
        stderr=subprocess.DEVNULL,
    )
    os.close(read_there)
    os.close(write_there)
    shown = Page(to, back)
    try:
        shown.open(page, width, dark, media)
        yield shown
    finally:
        browser.kill()
        browser.wait()
        os.close(to)
        os.close(back)
