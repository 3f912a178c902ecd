"""Figures of webhooks, for deploy/bench/run: what the sender delivers to a sink in C, how much memory it takes, how soon
an event arrives, and whom a bad endpoint holds up."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import threading
import time
import uuid

import __main__ as bench


class Sink:
    """deploy/bench/sink.c with what it has written."""

    def __init__(self, shop, delay=0):
        self.port = bench.free_port()
        self.log = shop.path(f"sink-{self.port}.log")
        tool = shop.path("sink")
        if not os.path.exists(tool):
            subprocess.run(["cc", "-O2", "-o", tool, os.path.join(bench.HERE, "sink.c")], check=True)
        with open(self.log, "wb") as log:
            command = [tool, "--port", str(self.port), "--delay", str(delay)]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)
        os.remove(self.log)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def arrivals(self):
        """(seconds since 1970, path, id) of each whole line."""
        with open(self.log, encoding="ascii") as log:
            lines = log.read().split("\n")[:-1]
        return [(int(moment) / 1e9, path, event) for moment, path, event in (line.split(" ") for line in lines)]


class House(bench.Server):
    """A server that may call the sink."""

    def __init__(self, shop, name):
        os.environ["BODEGA_HTTP_ALLOWED_NETWORKS"] = '["127.0.0.1"]'
        super().__init__(shop, name)

    @property
    def database(self):
        return os.path.join(self.data, "bodega.db")

    def add(self, url, *types):
        words = [word for name in types or ("product.*",) for word in ("--event", name)]
        self.shop.bodega("webhook", "create", url, *words, "--data", self.data)

    def sender(self):
        """The process id of `bodega deliver`."""
        for _ in range(300):
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
                for pid in file.read().split():
                    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as words:
                        if b"\0deliver\0" in words.read():
                            return int(pid)
            time.sleep(0.1)
        raise bench.Failure("no sender runs")

    def rows(self, statement):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(statement).fetchall()

    def products(self, first, count):
        """New products in one request, each of which is told."""
        lines = "".join(json.dumps({"sku": f"B-{first + number}", "name": "x"}) + "\n" for number in range(count))
        status, body = self.request("PATCH", "/api/products", lines, Content_Type="application/x-ndjson")
        if status != 200:
            raise bench.Failure(f"products are answered with {status}: {body[:300]!r}")


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise bench.Failure(what)
        time.sleep(0.05)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def run_all(shop, results, rows, runs):
    throughput(shop, results, 40_000 if rows > bench.SMALL else 10_000, runs)
    memory(shop, results, rows)
    latency(shop, results)
    fairness(shop, results)
    beside_import(shop, results, rows, runs)


def throughput(shop, results, events, runs):
    rates = []
    for run in range(runs):
        bench.say(f"{events:,} deliveries, run {run + 1} of {runs}")
        with Sink(shop) as sink, House(shop, "deliveries") as house:
            house.add(sink.url("/all"))
            sender = house.sender()
            os.kill(sender, signal.SIGSTOP)
            for first in range(0, events, 5000):
                house.products(first, 5000)
            began = time.monotonic()
            os.kill(sender, signal.SIGCONT)
            done = "SELECT COUNT(*) FROM webhook_delivery WHERE status = 'delivered'"
            wait_until(lambda: house.rows(done) == [(events,)], 600, "not all is delivered")
            rates.append(events / (time.monotonic() - began))
            arrived = [event for _, _, event in sink.arrivals()]
            recorded = house.rows("SELECT COUNT(*) FROM webhook_attempt WHERE ended_at IS NOT NULL")
            if len(set(arrived)) != events or recorded != [(len(arrived),)]:
                raise bench.Failure(f"{len(arrived)} arrived, {len(set(arrived))} of {events}, {recorded} on record")
        shutil.rmtree(house.data)
    rate = statistics.median(rates)
    results.add("deliveries, signed and recorded", f"{rate:,.0f}/s", "-", f"{rate:,.0f}/s", ">= 2,000/s", rate >= 2000)


def memory(shop, results, waiting):
    bench.say(f"{waiting:,} deliveries wait")
    with Sink(shop) as sink, House(shop, "waiting") as house:
        house.add(sink.url("/dead"))
        house.stop()
        tell(house, waiting)
        again = House.__new__(House)
        again.__dict__.update(house.__dict__)
        again.log = open(os.path.join(house.data, "again.log"), "wb")
        again.process = subprocess.Popen(house.process.args, stdout=again.log, stderr=again.log)
        try:
            again.wait_until_healthy()
            count = "SELECT COUNT(*) FROM webhook_delivery"
            wait_until(lambda: again.rows(count) == [(waiting,)], 3600, "not all is in line")
            time.sleep(10)
            with open(f"/proc/{again.sender()}/status", encoding="ascii") as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024
        finally:
            again.stop()
        results.add(f"memory of the sender, {waiting:,} waiting", f"{peak:.0f} MB", "-", f"{peak:.0f} MB", "<= 64 MB",
                    peak <= 64)
        # What was stopped once is not stopped again.
        house.stop = lambda: None
    shutil.rmtree(house.data)


def tell(house, count):
    """Events straight into the outbox of a stopped server."""
    now = int(time.time() * 1000)
    with contextlib.closing(sqlite3.connect(house.database)) as connection:
        connection.executemany(
            "INSERT INTO outbox (event_id, type, payload_version, subject_id, data, actor, created_at)"
            " VALUES (?, 'product.updated', 1, ?, ?, 'system', ?)",
            ((str(uuid.uuid4()), str(number), f'{{"id":{number},"sku":"B-{number}","version":2}}', now)
             for number in range(1, count + 1)),
        )
        connection.commit()


def delays(house, sink, paths):
    """Seconds from the moment that an event carries to its arrival, by those paths."""
    told = dict(house.rows("SELECT event_id, created_at FROM outbox"))
    return [moment - told[event] / 1000 for moment, path, event in sink.arrivals() if path in paths and event in told]


def steadily(shop, house, rate, seconds):
    """So many new products a second."""
    body = '{"sku":"S-{id}","name":"x"}'
    generator = shop.load("rate", house.port, "--path", "/api/products", "--method", "POST", "--body", body, "--rate", rate,
                          "--ids", "1-1000000", "--seconds", seconds, "--header", house.header)
    # It ends with its input, which asking for the outcome closes.
    generator.wait(seconds + 60)
    return bench.outcome(generator)


def latency(shop, results):
    with Sink(shop) as sink, House(shop, "latency") as house:
        house.add(sink.url("/soon"))
        steadily(shop, house, 50, 20)
        time.sleep(2)
        found = delays(house, sink, {"/soon"})
    shutil.rmtree(house.data)
    if len(found) < 500:
        raise bench.Failure(f"only {len(found)} events arrived")
    worst = percentile(found, 0.99) * 1000
    results.add("event to first byte, p99 at 50/s", f"{worst:.0f} ms", "-", f"{worst:.0f} ms", "<= 100 ms", worst <= 100)


def fairness(shop, results):
    worst = {}
    for name, paths in (("ten good", [f"/good{number}" for number in range(10)]),
                        ("one dead, one slow", ["/dead", "/slow"] + [f"/good{number}" for number in range(8)])):
        bench.say(f"ten endpoints: {name}")
        with Sink(shop, delay=3000) as sink, House(shop, "fairness") as house:
            for path in paths:
                house.add(sink.url(path))
            steadily(shop, house, 20, 30)
            time.sleep(2)
            worst[name] = percentile(delays(house, sink, {f"/good{number}" for number in range(8)}), 0.99)
        shutil.rmtree(house.data)
    good, bad = worst["ten good"], worst["one dead, one slow"]
    results.add("p99 of eight endpoints beside a dead and a slow one", f"{bad * 1000:.0f} ms", f"{good * 1000:.0f} ms",
                f"{bad / good:.2f} x", "<= 1.5 x", bad <= 1.5 * good)


def beside_import(shop, results, rows, runs):
    products = shop.products(rows)
    seconds = {"alone": [], "beside deliveries": []}
    for run in range(runs):
        for name in bench.in_turn(run, *seconds):
            bench.say(f"import of {rows:,} rows {name}, run {run + 1} of {runs}")
            with Sink(shop) as sink, House(shop, "beside") as house:
                house.add(sink.url("/all"))
                over, feeding = threading.Event(), None
                if name != "alone":
                    feeding = threading.Thread(target=feed, args=(house, over))
                    feeding.start()
                    time.sleep(1)
                began = time.monotonic()
                house.upload(products)
                seconds[name].append(time.monotonic() - began)
                over.set()
                if feeding:
                    feeding.join()
                    bench.say(f"{len(sink.arrivals())} deliveries meanwhile")
            shutil.rmtree(house.data)
    alone, beside = (statistics.median(seconds[name]) for name in seconds)
    results.add(f"import of {rows:,} rows beside deliveries", f"{beside:.1f} s", f"{alone:.1f} s", f"{beside / alone:.2f} x",
                "<= 1.15 x", beside <= 1.15 * alone)


def feed(house, over):
    """Twenty small batches of news a second."""
    first = 10_000_000
    while not over.is_set():
        house.products(first, 10)
        first += 10
        over.wait(0.05)
