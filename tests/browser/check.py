"""What a report promises in a browser, asked of a real one.

Usage: check.py LABCTL FOLDER, where tests/browser.sh has put runs and reports.
Each function of PROMISES is one promise; its name says which."""

import json
import os
import sys
import time
from pathlib import Path

from driver import Browser
from page import PHONE, Page


def say(text):
    print(f"browser: {text}", flush=True)


def holds(what, told):
    if not what:
        raise AssertionError(told)


def equal(found, expected, what):
    holds(found == expected, f"{what}: {found}, and not {expected}")


def it_opens_without_a_word_to_the_console_and_asks_the_network_for_nothing(page):
    page.open("lab.html")
    page.js("document.getElementById('player').scrollIntoView()")
    time.sleep(0.5)
    equal(page.browser.log_of("browser"), [], "the console")
    events = [json.loads(entry["message"])["message"] for entry in page.browser.log_of("performance")]
    requests = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = [request["request"]["url"] for request in requests if request["documentURL"].startswith("file:")]
    holds(asked, "the page itself was asked for")
    elsewhere = [url for url in asked if not url.startswith(("file:", "data:"))]
    equal(elsewhere, [], "what was asked for elsewhere")
    page.picture("light")


def the_diagram_is_drawn_in_the_colours_of_its_events(page):
    page.open("lab.html")
    holds(page.colors() > 20, f"only {page.colors()} colours")
    kinds = {}
    for index in range(40):
        page.select(3, index)
        kind = page.state()["selected"]["kind"]
        page.press("Escape")
        kinds.setdefault(kind, set()).add(tuple(page.color(3, index)))
    holds(len(kinds) == 3, f"kinds seen: {sorted(kinds)}")
    for kind, colors in kinds.items():
        equal(len(colors), 1, f"colours of {kind}")
    equal(len(set.union(*kinds.values())), 3, "colours of three kinds")


def clicking_an_event_marks_its_causal_past_and_future_and_its_longest_chain(page):
    page.open("lab.html")
    checked = 0
    for machine, index in [(1, 0), (1, 57), (2, 3), (2, 30), (3, 11), (3, 60), (1, 200), (2, 55)]:
        page.select(machine, index)
        page.press("Escape")
        equal(page.selected(), None, "what is selected after Escape")
        page.click(machine, index)
        state = page.state()
        equal(page.selected(), (machine, index), "what a click selects")
        truth = page.why(f"{machine}@line:{index + 3}")
        equal(truth["event"]["index"], index, "the event that is asked about")
        for part in ("past", "future"):
            equal(state[part], truth[part], f"the {part} of {machine}, {index}")
        equal(state["chain"], truth["chain_length"], f"the chain of {machine}, {index}")
        equal(state["chain"], state["selected"]["clock"], "a chain as long as the clock is high")
        checked += 1
    page.picture("selected")
    say(f"  {checked} events clicked, each with the past, the future and the chain that labctl why tells")


def all_that_is_neither_past_nor_future_fades(page):
    page.open("lab.html")
    page.select(2, 30)
    past = page.state()["past"]["1"]
    inside, outside = past - 2, past + 2
    for _ in range(3):
        page.press("-")
    marked = [page.color(1, index) for index in (inside, outside)]
    page.press("Escape")
    plain = [page.color(1, index) for index in (inside, outside)]
    equal(marked[0], plain[0], "the colour of an event of the past")
    holds(marked[1] != plain[1], f"an event that is neither keeps its colour {plain[1]}")


def keys_step_along_a_machine_in_time_and_along_messages(page):
    page.open("lab.html")
    page.select(1, 20)
    for key, expected in [("Right", (1, 21)), ("Right", (1, 22)), ("Left", (1, 21)), ("Home", (1, 0)), ("Left", (1, 0))]:
        page.press(key)
        equal(page.selected(), expected, f"after {key}")
    page.press("End")
    holds(page.selected()[1] > 300, "End goes to the last event")
    page.press("Escape")
    equal(page.selected(), None, "after Escape")
    page.press("0")
    page.select(1, 0)
    times = []
    for _ in range(40):
        times.append(page.state()["instant_us"])
        page.press("n")
    equal(times, sorted(times), "times of events stepped through in time")
    seen = page.selected()
    page.press("n")
    page.press("p")
    equal(page.selected(), seen, "one on and one back")
    page.select(2, 30)
    send = page.why("2@line:33")["chain"][-2]
    page.press("m")
    equal(page.selected(), (send["machine"], send["index"]), "where the message comes from")
    page.press("Down")
    equal(page.selected()[0], send["machine"] + 1, "the machine below")


def buttons_do_what_keys_do(page):
    page.open("lab.html")
    do = lambda name: (page.js("document.querySelector(`[data-do=${arguments[0]}]`).click()", name), page.rest())
    do("home")
    first = page.selected()
    do("next")
    equal(page.selected(), (first[0], first[1] + 1), "after next")
    do("previous")
    equal(page.selected(), first, "after previous")
    span = lambda: (lambda window: window["to_us"] - window["from_us"])(page.state()["window"])
    before = span()
    do("in")
    holds(span() < before * 0.7, "zoomed in")
    do("out")
    holds(abs(span() - before) < before * 0.01, "zoomed out again")
    do("whole")
    equal(page.state()["window"], page.state()["whole"], "the window")
    do("clear")
    equal(page.selected(), None, "after clear")


def wheel_drag_and_the_strip_move_the_window(page):
    page.open("lab.html")
    left, top, width, height = page.corner()
    x, y = left + width * 0.6, top + height - 12
    window = lambda: page.state()["window"]
    before = window()
    page.browser.wheel(x, y, 240)
    page.rest()
    equal(window(), before, "the window, as the wheel scrolls the page until the diagram is chosen")
    left, top, width, height = page.corner()
    y = top + height - 12
    page.browser.click(x, y)
    page.browser.wheel(x, y, 240)
    page.rest()
    zoomed = window()
    holds(zoomed["to_us"] - zoomed["from_us"] > before["to_us"] - before["from_us"], "the wheel zooms out")
    page.browser.drag(x, y, x - 200, y)
    page.rest()
    dragged = window()
    holds(dragged["from_us"] > zoomed["from_us"], "dragging scrubs")
    left, top, width, height = page.corner("overview")
    page.browser.click(left + width * 0.75, top + height / 2)
    page.rest()
    middle = (window()["from_us"] + window()["to_us"]) / 2
    whole = page.state()["whole"]
    share = (middle - whole["from_us"]) / (whole["to_us"] - whole["from_us"])
    holds(abs(share - 0.75) < 0.01, f"the strip goes to {share}")
    page.browser.drag(left + width * 0.75, top + height / 2, left + width * 0.35, top + height / 2)
    page.rest()
    holds(window()["from_us"] < dragged["to_us"] + 30e6, "the window on the strip is dragged")


def two_fingers_zoom(page):
    page.open("lab.html", PHONE, is_phone=True)
    left, top, width, height = page.corner()
    before = page.state()["window"]
    page.browser.pinch(left + width / 2, top + height / 2, 30, 110)
    page.rest()
    after = page.state()["window"]
    holds(after["to_us"] - after["from_us"] < 0.6 * (before["to_us"] - before["from_us"]), f"{before} then {after}")


def the_queues_at_an_instant_are_those_of_the_log(page):
    page.open("lab.html")
    for index in (10, 31, 55):
        page.select(2, index)
        logged = page.js("return [...document.querySelectorAll('.player-details dl div')].find((row) => row.firstChild.textContent === 'left in queue')?.lastChild.textContent")
        if logged is None:
            continue
        equal(str(page.state()["queues"]["2"]), logged, f"the queue after event {index}")
        shown = page.js("return document.querySelectorAll('.player-queue')[1].innerText")
        holds(shown.startswith(f"queue of 2: {'empty' if logged == '0' else logged}"), shown)
        return
    raise AssertionError("no RECEIVE among the events asked for")


def dark_is_dark(page):
    page.open("lab.html", prefers_color_scheme="dark")
    page.select(2, 30)
    page.press("Escape")
    dark = page.color(2, 30)
    page.select(2, 30)
    holds(page.overflow() <= 0, f"{page.overflow()} pixels too wide")
    page.corner()
    page.picture("dark")
    page.press("Escape")
    page.browser.prefer(prefers_color_scheme="light", prefers_reduced_motion="reduce")
    time.sleep(0.2)
    page.rest()
    light = page.color(2, 30)
    holds(dark != light, "the diagram is drawn anew when the page turns light")
    page.js("document.getElementById('theme').click()")
    time.sleep(0.2)
    page.rest()
    equal(page.color(2, 30), dark, "the colour after the page's own button")


def nothing_overflows_on_a_phone(page):
    for name in ("lab.html", "hostile.html"):
        for scheme in ("light", "dark"):
            page.open(name, PHONE, is_phone=True, prefers_color_scheme=scheme)
            holds(page.overflow() <= 0, f"{name}, {scheme}: {page.overflow()} pixels too wide")
            if name == "lab.html":
                page.select(2, 30)
                holds(page.overflow() <= 0, f"{name}, {scheme}, selected: {page.overflow()} pixels too wide")
                page.corner()
                page.picture(f"phone-{scheme}")


def hostile_names_are_shown_as_text(page):
    page.open("hostile.html")
    equal(page.js("return window.hostile"), None, "what a name has done")
    equal(page.browser.log_of("browser"), [], "the console")
    text = page.js("return document.body.innerText")
    for part in ("<script>window.hostile = 1</script>", "<img src=x onerror=hostile=2>"):
        holds(part in text, f"{part} is not shown")
    equal(page.js("return document.querySelectorAll('img').length"), 0, "pictures that a name has made")
    page.picture("hostile")


def a_reader_of_the_screen_is_told_what_is_there(page):
    page.open("lab.html")
    tree = page.browser.devtools("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"] and "role" in node]
    roles = {role for role, _ in named}
    for role in ("application", "slider", "group"):
        holds(role in roles, f"no {role} among {sorted(roles)}")
    nameless = [role for role, name in named if role in ("button", "slider", "application", "checkbox") and not name.strip()]
    equal(nameless, [], "parts without a name")
    page.select(2, 30)
    told = page.js("return document.querySelector('.player-details[aria-live=polite]').innerText")
    for word in ("machine 2", "clock", "causal past", "longest chain"):
        holds(word in told, f"{word} is not told: {told}")
    rows = page.js("document.querySelector('.player-table').open = true;"
                   "return new Promise((done) => setTimeout(() => done(document.querySelectorAll('.player-table tbody tr').length), 500))")
    holds(rows > 10, f"{rows} rows in the table of events")


def motion_is_reduced_where_that_is_preferred(page):
    page.open("lab.html")
    glides = lambda: page.js("document.querySelector('[data-do=whole]').click(); return labctlPlayer.state().is_gliding")
    equal(glides(), False, "gliding with reduced motion")
    page.open("lab.html", prefers_reduced_motion="no-preference")
    equal(glides(), True, "gliding without")


def a_long_run_shows_its_beginning_and_says_so(page):
    page.open("long.html")
    text = page.js("return document.getElementById('player').innerText")
    holds("Only the beginning is shown" in text, text[:300])
    whole = page.js("return JSON.parse(document.getElementById('player-data').textContent).shown")
    holds(page.state()["events"] == whole["events"] < whole["events_of_run"], f"{whole}")
    page.press("0")
    page.corner()
    page.picture("long")
    size = os.path.getsize(page.folder / "long.html")
    holds(size < 10e6, f"the page has {size} bytes")
    say(f"  {whole['events_of_run']} events, of which {whole['events']} are shown: {size / 1e6:.2f} MB")


def measure(page):
    """How smoothly 100,000 events are scrubbed; told, not judged."""
    page.open("large.html", prefers_reduced_motion="no-preference")
    size = os.path.getsize(page.folder / "large.html")
    events = page.state()["events"]
    page.corner()
    page.select(2, 20000)
    say(f"measured: {events} events in a page of {size / 1e6:.2f} MB; ready after "
        f"{page.state()['start_ms']:.0f} ms; past, future and chain of an event in {page.state()['relate_ms']:.1f} ms")
    page.picture("large")
    for span in (70e6, 10e6, 1e6, 0.1e6):
        told = page.js("return labctlPlayer.scrub(3000, arguments[0])", span)
        say(f"measured: scrubbing it, {span / 1e6:g} s at a time: {told['fps']:.1f} frames/s, 95 % of them within "
            f"{told['gap_p95_ms']:.1f} ms; drawing takes {told['draw_median_ms']:.1f} ms, p95 {told['draw_p95_ms']:.1f} ms")


PROMISES = [
    it_opens_without_a_word_to_the_console_and_asks_the_network_for_nothing,
    the_diagram_is_drawn_in_the_colours_of_its_events,
    clicking_an_event_marks_its_causal_past_and_future_and_its_longest_chain,
    all_that_is_neither_past_nor_future_fades,
    keys_step_along_a_machine_in_time_and_along_messages,
    buttons_do_what_keys_do,
    wheel_drag_and_the_strip_move_the_window,
    two_fingers_zoom,
    the_queues_at_an_instant_are_those_of_the_log,
    dark_is_dark,
    nothing_overflows_on_a_phone,
    hostile_names_are_shown_as_text,
    a_reader_of_the_screen_is_told_what_is_there,
    motion_is_reduced_where_that_is_preferred,
    a_long_run_shows_its_beginning_and_says_so,
]


def main(labctl, folder, chromium, chromedriver):
    browser = Browser(chromium, chromedriver)
    failed = 0
    try:
        say(f"Chromium {browser.version}")
        page = Page(browser, Path(folder), labctl)
        for promise in PROMISES:
            name = promise.__name__.replace("_", " ")
            try:
                promise(page)
                say(f"ok: {name}")
            except Exception as error:
                failed += 1
                say(f"FAILED: {name}: {type(error).__name__}: {error}")
                page.picture(f"failed-{failed}")
        measure(page)
    finally:
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
