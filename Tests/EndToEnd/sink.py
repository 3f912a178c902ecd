"""An endpoint of another system, as webhooks tell it of what happens."""

import collections
import http.server
import threading
import time


class Sink:
    """Keeps what it gets and answers as it is told, by path."""

    def __init__(self, address="127.0.0.1"):
        self.requests = collections.defaultdict(list)
        self.answers = {}
        self.held = threading.Event()
        self.address = address
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sink.requests[self.path].append((time.monotonic(), dict(self.headers), body))
                status, headers = sink.answers.get(self.path, (204, {}))
                if status is None:
                    sink.held.wait(60)
                    status = 500
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.server.daemon_threads = True
        self.server.request_queue_size = 256
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    def url(self, path, host=None):
        return f"http://{host or self.address}:{self.port}{path}"

    def ids(self, path):
        return [headers["webhook-id"] for _, headers, _ in list(self.requests[path])]

    def count(self):
        return sum(len(requests) for requests in list(self.requests.values()))

    def close(self):
        self.held.set()
        self.server.shutdown()
        self.server.server_close()


def add(house, url, *types, **more):
    answer = house.api.post("/api/webhooks", json={"url": url, "event_types": list(types) or ["*"], **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(house, webhook, **members):
    answer = house.api.patch(f"/api/webhooks/{webhook['id']}", json=members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def add_product(house, sku):
    answer = house.api.post("/api/products", json={"name": sku, "sku": sku})
    assert answer.status_code == 201, answer.text
    return answer.json()


def deliveries(house, webhook, **filters):
    answer = house.api.get(f"/api/webhooks/{webhook['id']}/deliveries", params={"limit": 1000, **filters})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def replay(house, webhook, **range):
    """Asks how many it would be, then for the job; returns the number and the job at its end."""
    path = f"/api/webhooks/{webhook['id']}/replay"
    asked = house.api.get(path, params=range)
    assert asked.status_code == 200, asked.text
    accepted = house.api.post(path, params=range)
    assert accepted.status_code == 202, accepted.text
    return asked.json()["deliveries"], house.api.wait(accepted.json()["job_id"])
