"""One machine of a lab, in plain Python.

    python3 machine.py ID RATE SECONDS PORT_1 PORT_2 ... PORT_N

It listens on its own port, connects to all the others, ticks RATE times a second
for SECONDS, and writes log_ID.txt.
"""
import queue
import random
import socket
import sys
import threading
import time
from datetime import datetime, timezone

INTERNAL_PROB = 0.7
PATIENCE = 60  # Seconds to wait for the others.


def meet(own, ports, inbox):
    """Connects to every peer and is connected to by every peer.

    Returns the connections to send on, by peer, and the threads that read the others.
    """
    deadline = time.monotonic() + PATIENCE
    server = socket.create_server(("127.0.0.1", ports[own]))
    server.settimeout(PATIENCE)
    outgoing = {}
    for peer in ports:
        while peer != own and peer not in outgoing:
            try:
                connection = socket.create_connection(("127.0.0.1", ports[peer]))
            except ConnectionRefusedError:  # It is not there yet.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            outgoing[peer] = connection
    readers = []
    for _ in outgoing:
        connection, _ = server.accept()
        reader = threading.Thread(target=read, args=(connection, inbox))
        reader.start()
        readers.append(reader)
    return outgoing, readers


def read(connection, inbox):
    """Queues every message of one peer, until that peer hangs up."""
    for line in connection.makefile():
        if line.startswith("clock:"):
            inbox.put(int(line[len("clock:"):]))


class Machine:
    def __init__(self, outgoing, inbox, log):
        self.outgoing, self.inbox, self.log = outgoing, inbox, log
        self.clock = self.ticks = self.sent = self.received = 0

    def tick(self):
        """One tick is one event: a message from the queue, or else what the die says."""
        self.ticks += 1
        try:
            message = self.inbox.get_nowait()
        except queue.Empty:
            if random.random() < INTERNAL_PROB:
                self.clock += 1
                self.write("INTERNAL", "Internal event")
            else:
                self.send()
        else:
            self.received += 1
            self.clock = max(self.clock, message) + 1
            self.write("RECEIVE", f"Message clock: {message}, Queue length: {self.inbox.qsize()}")

    def send(self):
        """To one peer or to all of them, all choices alike."""
        peers = list(self.outgoing)
        choice = random.choice([*peers, "all"])
        self.clock += 1  # First the clock, then the message: it carries the clock of its SEND.
        self.write("SEND", "Sent to all machines" if choice == "all" else f"Sent to machine {choice}")
        for peer in peers if choice == "all" else [choice]:
            self.outgoing[peer].sendall(f"clock:{self.clock}\n".encode())
            self.sent += 1

    def write(self, kind, text):
        now = datetime.now(timezone.utc)
        self.log.write(f"{now:%Y-%m-%d %H:%M:%S.%f} | {kind} | Clock: {self.clock} | {text}\n")


def main():
    own, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    ports = {number: int(port) for number, port in enumerate(sys.argv[4:], start=1)}
    inbox = queue.Queue()
    outgoing, readers = meet(own, ports, inbox)
    with open(f"log_{own}.txt", "w") as log:
        log.write(f"Machine {own} log started at {datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S.%f}\n")
        log.write(f"Clock rate: {rate:g} ticks per second, Machines: {len(ports)}\n")
        machine = Machine(outgoing, inbox, log)
        start = time.monotonic()
        for number in range(1, int(rate * seconds) + 1):
            # Deadlines count from the start, so no tick is late because the one before it was.
            time.sleep(max(0, start + number / rate - time.monotonic()))
            machine.tick()
        run_time = time.monotonic() - start
        # The others may have begun a little later: hear them out, then hang up.
        time.sleep(1)
        for connection in outgoing.values():
            connection.shutdown(socket.SHUT_WR)
        for reader in readers:
            reader.join()
        end = f"Queue length: {inbox.qsize()}, Ticks: {machine.ticks}, Lost ticks: 0, Sent: {machine.sent}, "
        end += f"Received: {machine.received}, Run time: {run_time * 1e6:.0f} us, Reason: completed"
        machine.write("END", end)


main()
