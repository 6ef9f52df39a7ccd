"""What a test does with a report in the browser, and what it can ask it."""

import csv
import json
import subprocess

WIDE, PHONE = (1200, 900), (375, 720)


class Page:
    """A report in the browser, with its player."""

    def __init__(self, browser, folder, labctl):
        self.browser, self.folder, self.labctl = browser, folder, labctl
        self.run = folder / "results/lab/run"
        self.path = None

    def open(self, name, size=WIDE, is_phone=False, **features):
        """Opens a report, and forgets what was logged before."""
        self.browser.log_of("browser")
        self.browser.log_of("performance")
        self.browser.view(*size, scale=2 if is_phone else 1, is_phone=is_phone)
        self.browser.prefer(**{"prefers_color_scheme": "light", "prefers_reduced_motion": "reduce", **features})
        self.browser.open((self.folder / name).as_uri())
        self.rest()

    def rest(self):
        """Waits until what is asked for is drawn."""
        self.js("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def js(self, text, *arguments):
        return self.browser.script(text, *arguments)

    def state(self):
        return self.js("return labctlPlayer.state()")

    def selected(self):
        selected = self.state()["selected"]
        return selected and (selected["machine"], selected["index"])

    def select(self, machine, index):
        self.js("labctlPlayer.select(...arguments)", machine, index)
        self.rest()

    def corner(self, part="lanes"):
        """Where a part of the player begins in what is seen, and its size."""
        box = self.js("const part = document.querySelector(arguments[0]); part.scrollIntoView({ block: 'center', behavior: 'instant' });"
                      "const box = part.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]", f".player-{part}")
        self.rest()
        return box

    def click(self, machine, index):
        left, top, _, _ = self.corner()
        place = self.js("return labctlPlayer.place(...arguments)", machine, index)
        self.browser.click(left + place["x"], top + place["y"])
        self.rest()

    def press(self, key):
        self.js("document.querySelector('.player-lanes').focus({ preventScroll: true })")
        self.browser.press(key)
        self.rest()

    def color(self, machine, index):
        """The colour of the diagram where an event is drawn."""
        return self.js("""const canvas = document.querySelector('.player-lanes');
            const { x, y } = labctlPlayer.place(...arguments);
            const ratio = canvas.width / canvas.getBoundingClientRect().width;
            return [...canvas.getContext('2d').getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data]""",
                       machine, index)

    def colors(self):
        """How many different colours the diagram has."""
        return self.js("""const canvas = document.querySelector('.player-lanes');
            const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
            return new Set(pixels).size""")

    def overflow(self):
        """How far the page is wider than what is seen, in pixels."""
        return self.js("return document.documentElement.scrollWidth - innerWidth")

    def picture(self, name):
        self.browser.picture(self.folder / f"{name}.png")

    def purple(self):
        """The columns of the diagram that have the colour of messages not received."""
        return self.js("""const canvas = document.querySelector('.player-lanes');
            const probe = document.createElement('canvas').getContext('2d');
            probe.fillStyle = getComputedStyle(document.getElementById('player')).getPropertyValue('--player-open').trim();
            probe.fillRect(0, 0, 1, 1);
            const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
            const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const near = (at) => data[at + 3] > 120 && Math.abs(data[at] - red) + Math.abs(data[at + 1] - green)
              + Math.abs(data[at + 2] - blue) < 40;
            const columns = [];
            for (let x = 0; x < width; x += 1) {
              for (let y = 0; y < height; y += 1) if (near(4 * (y * width + x))) { columns.push(x); break; }
            }
            return columns""")

    def events(self, run):
        """The events of a run's table, by machine, in the order of its log."""
        machines = {}
        with open(self.folder / f"results/lab/{run}/events.csv", newline="") as file:
            for row in csv.DictReader(file):
                machines.setdefault(int(row["machine"]), []).append(row)
        return machines

    def why(self, address):
        """What labctl itself says of an event."""
        answer = subprocess.run([self.labctl, "causality", "why", self.run, address, "--format", "json"],
                                check=True, capture_output=True, text=True)
        return json.loads(answer.stdout)
