"""A page in a real browser: Chromium by the Chrome DevTools protocol over a pipe, with nothing to install beside it."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 20.0


def executable() -> str | None:
    """The browser: what the environment variable CHROMIUM names, or one of the usual names on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One tab. `requests`, `console` and `errors` hold what happened since the last `open`."""

    def __init__(self, path: str) -> None:
        self._profile = tempfile.mkdtemp(prefix="semtheory-chromium-")
        read_theirs, self._write = os.pipe()
        self._read, write_theirs = os.pipe()

        def wire() -> None:  # the protocol speaks over descriptors 3 and 4
            incoming, outgoing = os.dup(read_theirs), os.dup(write_theirs)
            os.dup2(incoming, 3, inheritable=True)
            os.dup2(outgoing, 4, inheritable=True)

        options = ["--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        options += ["--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--no-sandbox")  # Chromium's sandbox refuses root
        self._process = subprocess.Popen(
            [path, *options, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=wire,
            close_fds=False,
        )
        os.close(read_theirs)
        os.close(write_theirs)
        self._buffer, self._count, self._session = b"", 0, None
        self._events: list[dict[str, Any]] = []
        targets = self.call("Target.getTargets")["targetInfos"]
        tab = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._write)  # the end of the pipe is the end of the browser
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        shutil.rmtree(self._profile, ignore_errors=True)

    def _receive(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError("Chromium does not answer")
            part = os.read(self._read, 1 << 20)
            if not part:
                raise RuntimeError("Chromium ended")
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        until = time.monotonic() + PATIENCE
        while True:
            answer = self._receive(until)
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            if "method" in answer:
                self._events.append(answer)

    def open(self, address: str | Path) -> float:
        """Load a page; the seconds until it was loaded."""
        self._events.clear()
        start = time.monotonic()
        self.call("Page.navigate", url=Path(address).resolve().as_uri() if "://" not in str(address) else str(address))
        self.wait_for("Page.loadEventFired", start + PATIENCE)
        return time.monotonic() - start

    def wait_for(self, event: str, until: float | None = None) -> None:
        until = until or time.monotonic() + PATIENCE
        while not any(found["method"] == event for found in self._events):
            message = self._receive(until)
            if "method" in message:
                self._events.append(message)

    def forget(self) -> None:
        """Start the record of events anew."""
        self._events.clear()

    @property
    def requests(self) -> list[str]:
        return [e["params"]["request"]["url"] for e in self._events if e["method"] == "Network.requestWillBeSent"]

    @property
    def console(self) -> list[str]:
        """Everything on the console: messages, uncaught errors, and what the browser itself complains of."""
        said = []
        for event in self._events:
            if event["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                said.append(json.dumps(event["params"])[:2000])
        return said

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression; a promise is awaited."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(f"{script[:200]}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def until(self, script: str, seconds: float = 5.0) -> bool:
        """Whether the expression becomes true in time; for what the browser does a frame later."""
        end = time.monotonic() + seconds
        while not self.evaluate(script):
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def focused_name(self) -> str:
        """The name by which a screen reader announces what has the focus."""
        found = self.call("Runtime.evaluate", expression="document.activeElement")["result"]["objectId"]
        tree = self.call("Accessibility.getPartialAXTree", objectId=found, fetchRelatives=False)
        return tree["nodes"][0].get("name", {}).get("value", "")

    def press(self, key: str, code: int = 0) -> None:
        """A key, as a person presses it."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27}
        text = {"Enter": "\r"}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            params: dict[str, Any] = {
                "type": kind,
                "key": key,
                "code": key,
                "windowsVirtualKeyCode": code or codes[key],
            }
            if text and kind == "keyDown":
                params["text"] = text
            self.call("Input.dispatchKeyEvent", **params)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def size(self, width: int, height: int = 900) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700
        )

    def theme(self, name: str) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def picture(self, file: Path) -> None:
        """A screenshot of the whole page."""
        import base64

        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))
