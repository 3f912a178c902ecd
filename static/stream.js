// One stream of events for all visible pages of a browser that want the same one: HTTP/1.1 gives a browser six
// connections to a host, and ten pages of one job need not hold ten. The page that holds a lock of the stream's name
// has the connection and passes on what comes; when it is hidden or closed, the next one takes over from where it is.
// Where there are no locks (they need a safe address: https, or this machine) each page has its own connection.

export class SharedStream {
    /**
     * @param {() => URL} address The stream's, from where this page is now.
     * @param listener `open()`, `joined()` (another page has the connection: what came before is for the page to
     * fetch), `error(isClosed)`, `event(type, data, id)`.
     */
    constructor(address, listener) {
        this.address = address;
        this.listener = listener;
        const url = address();
        url.searchParams.delete("last_event_id");
        this.name = `bodega ${url.pathname}${url.search}`;
        if (!navigator.locks || !window.BroadcastChannel) return this.lead();
        this.channel = new BroadcastChannel(this.name);
        this.channel.onmessage = (message) => this.hear(message.data);
        this.channel.postMessage({ kind: "hello" });
        this.waiting = new AbortController();
        navigator.locks.request(this.name, { signal: this.waiting.signal }, () => {
            if (this.isClosed) return null;
            this.lead();
            return new Promise((release) => (this.release = release));
        }).catch(() => {
            // Closed before its turn came.
        });
    }

    get isLeading() {
        return Boolean(this.source);
    }

    lead() {
        const source = new EventSource(this.address());
        this.source = source;
        source.addEventListener("open", () => this.pass({ kind: "open" }));
        source.addEventListener("error", () => this.pass({ kind: "error" }));
        for (const type of ["progress", "reset", "end"]) {
            source.addEventListener(type, ({ data, lastEventId }) => this.pass({ kind: "event", type, data, id: lastEventId }));
        }
    }

    pass(message) {
        this.channel?.postMessage(message);
        if (message.kind === "error") this.listener.error(this.source?.readyState === EventSource.CLOSED);
        else this.take(message);
    }

    hear(message) {
        if (message.kind === "hello") {
            if (this.source?.readyState === EventSource.OPEN) this.channel.postMessage({ kind: "welcome" });
        } else if (this.isLeading && message.type !== "end") return;
        else if (message.kind === "error") this.listener.error(false);
        else this.take(message);
    }

    take({ kind, type, data, id }) {
        if (kind === "open") this.listener.open();
        else if (kind === "welcome" && !this.isWelcome) {
            this.isWelcome = true;
            this.listener.joined();
        } else if (kind === "event") this.listener.event(type, data, id);
    }

    close() {
        this.isClosed = true;
        this.source?.close();
        this.release?.();
        this.waiting?.abort();
        this.channel?.close();
    }
}
