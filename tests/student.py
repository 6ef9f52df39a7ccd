"""A machine of the model as students write it: threads, a queue, one sendall a
message, one write a log line. It takes part in open runs, and shows what labctl
is compared with.

    python3 student.py ID RATE SECONDS PORT_1 PORT_2 ... PORT_N
"""
import datetime
import queue
import random
import socket
import sys
import threading
import time

own, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
ports = [int(port) for port in sys.argv[4:]]
inbox, outgoing = queue.Queue(), {}


def listen(connection):
    for line in connection.makefile():
        if line.startswith("clock:"):
            inbox.put(int(line[6:]))


def accept(server):
    while True:
        connection, _ = server.accept()
        threading.Thread(target=listen, args=(connection,), daemon=True).start()


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", ports[own - 1]))
server.listen()
threading.Thread(target=accept, args=(server,), daemon=True).start()
for peer, port in enumerate(ports, start=1):
    while peer != own and peer not in outgoing:
        try:
            outgoing[peer] = socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.02)

clock = 0
peers = sorted(outgoing)
with open(f"log_{own}.txt", "w") as log:
    log.write(f"Machine {own} log started at {datetime.datetime.now()}\n")
    log.write(f"Clock rate: {rate:g} ticks per second\n")

    def write(kind, text):
        log.write(f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S} | {kind} | Clock: {clock} | {text}\n")

    end = time.time() + seconds
    while time.time() < end:
        began = time.time()
        try:
            received = inbox.get_nowait()
            clock = max(clock, received) + 1
            write("RECEIVE", f"Message clock: {received}, Queue length: {inbox.qsize()}")
        except queue.Empty:
            die = random.randint(1, 10)
            chosen = peers[die - 1 : die] if die <= len(peers) else peers if die == len(peers) + 1 else []
            for peer in chosen:
                clock += 1
                try:
                    outgoing[peer].sendall(f"clock:{clock}\n".encode())
                except OSError:
                    pass
                write("SEND", f"Sent to machine {peer}")
            if not chosen:
                clock += 1
                write("INTERNAL", "Internal event")
        time.sleep(max(0, 1 / rate - (time.time() - began)))
