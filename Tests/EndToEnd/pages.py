"""Pages as an attacker reads them: what stands in their markup, where they lead, and what their forms send."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

# An element that no page of ours has: where it appears, somebody's text has become markup.
MARK = "zq9"


@dataclass
class Form:
    method: str
    action: str
    encoding: str
    fields: list = field(default_factory=list)

    def values(self, **changed):
        """What a browser sends when nothing is typed but this."""
        sent = {name: value for name, kind, value in self.fields if kind not in ("file", "checkbox", "submit")}
        return {**sent, **changed}

    @property
    def texts(self):
        """The names of the fields that somebody could put any text into, with a program at least."""
        names = [name for name, kind, _ in self.fields if kind not in ("file", "submit") and name != "csrf_token"]
        return list(dict.fromkeys(names))

    @property
    def files(self):
        return [name for name, kind, _ in self.fields if kind == "file"]


class Page(HTMLParser):
    """Reads a page; `faults` says what on it would run or break out."""

    def __init__(self, text, address):
        super().__init__(convert_charrefs=True)
        self.address, self.faults, self.links, self.forms, self.words = address, [], [], [], []
        self._select = self._textarea = None
        self.feed(text)
        self.close()

    def shows(self, text):
        return text in " ".join(self.words)

    def handle_data(self, data):
        self.words.append(data)
        if self._textarea:
            form, name = self._textarea
            form.fields.append((name, "textarea", data.removeprefix("\n")))
            self._textarea = None

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag == MARK or values.get("src") == MARK:
            self.faults.append(f"<{tag}> was made of somebody's text")
        if tag == "style" or (tag == "script" and "src" not in values):
            self.faults.append(f"<{tag}> stands in the page")
        for name, value in values.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.faults.append(f"<{tag} {name}>")
            if name in ("href", "src", "action", "formaction") and re.match(r"\s*(javascript|data|vbscript):", value, re.I):
                self.faults.append(f"<{tag} {name}={value}>")
            self.words.append(value)
        if tag == "a" and "href" in values:
            self.links.append(urljoin(self.address, values["href"]))
        if tag == "form":
            action = urljoin(self.address, values.get("action", self.address))
            self.forms.append(Form(values.get("method", "get").lower(), action, values.get("enctype", "")))
        name = values.get("name")
        if not name or not self.forms:
            return
        form = self.forms[-1]
        if tag in ("input", "button"):
            form.fields.append((name, values.get("type", "text" if tag == "input" else "submit"), values.get("value", "")))
        elif tag == "textarea":
            self._textarea = form, name
        elif tag == "select":
            self._select = form, name
            form.fields.append((name, "select", ""))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if tag == "textarea" and self._textarea:
            form, name = self._textarea
            form.fields.append((name, "textarea", ""))
            self._textarea = None
        if tag == "select":
            self._select = None


def pattern(route):
    """An expression for the addresses of a route."""
    parts = [r"[0-9]+" if step.endswith(":int}") else r"[^/]+" if step.startswith("{") else re.escape(step)
             for step in route.path.split("/")]
    return re.compile("/".join(parts) + "$")


class Crawler:
    """Walks through the pages by their links: some addresses of each route and set of parameters."""

    def __init__(self, client, routes, most=2):
        self.client, self.most = client, most
        literal_first = sorted((route for route in routes if route.method == "GET" and not route.is_api),
                               key=lambda route: route.path.count("{"))
        self.known = [(pattern(route), route.path) for route in literal_first]
        self.pages, self.seen = {}, {}

    def route_of(self, address):
        path = urlsplit(address).path
        return next((name for expression, name in self.known if expression.match(path)), None)

    def walk(self, *starts):
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            parts = urlsplit(address)
            route = self.route_of(address)
            if route is None or parts.netloc or address in self.pages:
                continue
            key = route, frozenset(name for name, _ in parse_qsl(parts.query))
            if self.seen.get(key, 0) >= self.most:
                continue
            self.seen[key] = self.seen.get(key, 0) + 1
            answer = self.client.get(address.split("#")[0])
            assert answer.status_code < 500, (address, answer.status_code)
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                continue
            page = Page(answer.text, parts.path)
            assert not page.faults, (address, page.faults)
            self.pages[address] = page
            waiting += page.links
        return self

    @property
    def routes(self):
        return {self.route_of(address) for address in self.pages}

    def showing(self, text):
        """The routes of the pages on which a text stands."""
        return {self.route_of(address) for address, page in self.pages.items() if page.shows(text)}

    def forms(self, method):
        """One form of each address and set of fields."""
        found = {}
        for address, page in self.pages.items():
            for form in page.forms:
                if form.method == method:
                    key = re.sub(r"/([0-9]+|[0-9a-f-]{36})(?=/|$)", "/N", form.action.split("?")[0])
                    found.setdefault((key, tuple(form.texts)), (address, form))
        return list(found.values())
