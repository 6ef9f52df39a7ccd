"""A headless Chromium, driven through chromedriver's WebDriver interface with
the standard library alone."""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--force-device-scale-factor=1",
]


class Fault(Exception):
    """The browser says that something went wrong."""


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Browser:
    """One browser with one window, and a profile of its own."""

    def __init__(self, chromium, chromedriver):
        self.profile = tempfile.mkdtemp(prefix="labctl-browser.")
        self.log = open(os.path.join(self.profile, "chromedriver.log"), "wb")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [chromedriver, f"--port={port}"], stdout=self.log, stderr=self.log, start_new_session=True)
        self.session = None
        # The browser is on this machine, whatever proxy leads away from it.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            self.start(chromium)
        except BaseException:
            self.close()
            raise

    def start(self, chromium):
        for _ in range(150):
            try:
                if self.send("GET", "/status")["ready"]:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        options = {"binary": chromium, "args": [*FLAGS, f"--user-data-dir={self.profile}/profile"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        answer = self.send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = answer["sessionId"]
        self.version = answer["capabilities"]["browserVersion"]

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            told = json.load(error)["value"]
            raise Fault(f"{told['error']}: {told['message'].splitlines()[0]}") from None

    def ask(self, method, path, body=None):
        return self.send(method, f"/session/{self.session}{path}", body)

    def devtools(self, command, **parameters):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url):
        self.ask("POST", "/url", {"url": url})

    def script(self, text, *arguments):
        """What `text`, the body of a function, returns; a promise is waited for."""
        return self.ask("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def log_of(self, kind):
        """What was logged since the last time this was asked."""
        return self.ask("POST", "/se/log", {"type": kind})

    def view(self, width, height, scale=1, is_phone=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=scale, mobile=is_phone)

    def prefer(self, **features):
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.devtools("Emulation.setEmulatedMedia", features=named)

    def picture(self, path, is_whole=False):
        answer = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=is_whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))

    def click(self, x, y):
        """A click at a place of what is seen."""
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0},
            {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]}
        self.ask("POST", "/actions", {"actions": [mouse]})

    def drag(self, x, y, to_x, to_y):
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerMove", "x": round(to_x), "y": round(to_y), "duration": 120},
            {"type": "pointerUp", "button": 0}]}
        self.ask("POST", "/actions", {"actions": [mouse]})

    def wheel(self, x, y, delta):
        wheel = {"type": "wheel", "id": "wheel", "actions": [
            {"type": "scroll", "x": round(x), "y": round(y), "deltaX": 0, "deltaY": delta, "duration": 0}]}
        self.ask("POST", "/actions", {"actions": [wheel]})

    def pinch(self, x, y, apart, wider):
        """Two fingers beside a place, moved apart."""
        def finger(name, side):
            at = lambda distance, duration: {"type": "pointerMove", "x": round(x + side * distance), "y": round(y), "duration": duration}
            return {"type": "pointer", "id": name, "parameters": {"pointerType": "touch"}, "actions": [
                at(apart, 0), {"type": "pointerDown", "button": 0}, at(wider, 200), {"type": "pointerUp", "button": 0}]}
        self.ask("POST", "/actions", {"actions": [finger("one", -1), finger("other", 1)]})

    KEYS = {"Right": "\ue014", "Left": "\ue012", "Up": "\ue013", "Down": "\ue015", "Home": "\ue011",
            "End": "\ue010", "Escape": "\ue00c", "Enter": "\ue007", "Tab": "\ue004"}

    def press(self, key):
        value = self.KEYS.get(key, key)
        keys = {"type": "key", "id": "keys", "actions": [
            {"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]}
        self.ask("POST", "/actions", {"actions": [keys]})

    def close(self):
        try:
            if self.session:
                self.ask("DELETE", "")
        except (OSError, Fault):
            pass
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)
