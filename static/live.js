// Live parts of pages. A region names a stream; events set its figures, and whatever more changes (a state, a
// banner, a finished run) is fetched as the page itself, so the words stand in one place: on the server.

import { say } from "./announcer.js";
import { figure, integer, localise } from "./format.js";
import { SharedStream } from "./stream.js";

/** What, when it changes, takes more than new figures: attribute of the job's element, member of the event. */
const turningPoints = [
    ["status", "status"], ["stage", "stage"], ["worker", "worker_alive"], ["attempt", "attempt"],
    ["waiting", "waiting_reason"],
];

export function start() {
    const region = document.querySelector("[data-stream]");
    if (region) new Follower(region);
}

class Follower {
    constructor(region) {
        this.name = region.dataset.region;
        this.stream = region.dataset.stream;
        this.cursor = region.dataset.cursor ?? null;
        this.source = null;
        this.isStale = false;
        this.staleTimer = null;
        this.failures = 0;
        this.title = document.title;
        this.refreshed = 0;
        this.refreshing = Promise.resolve();
        this.announced = 0;
        // HTTP/1.1 gives a browser six connections to one host: a page that nobody sees holds none.
        document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
        window.addEventListener("pagehide", () => this.close());
        window.addEventListener("pageshow", () => this.open());
        this.open();
    }

    get region() {
        return document.querySelector(`[data-region="${CSS.escape(this.name)}"]`);
    }

    open() {
        if (this.source || this.stream === null || document.hidden) return;
        const stream = this.stream;
        const address = () => {
            const url = new URL(stream, location.href);
            if (this.cursor !== null) url.searchParams.set("last_event_id", this.cursor);
            return url;
        };
        this.source = new SharedStream(address, {
            open: () => this.isConnected(),
            joined: () => {
                this.isConnected();
                this.refreshSoon(0);
            },
            error: (isClosed) => this.isDisconnected(isClosed),
            event: (type, data, id) => this.hear(type, data, id),
        });
    }

    hear(type, data, id) {
        if (type === "progress") this.progress(data, id);
        else if (type === "reset") this.reset();
        else this.end();
    }

    close() {
        this.source?.close();
        this.source = null;
        clearTimeout(this.retry);
    }

    isConnected() {
        this.failures = 0;
        clearTimeout(this.staleTimer);
        this.staleTimer = null;
        this.isStale = false;
        this.showStale();
    }

    // While it is connecting the browser tries again by itself; after a refusal that is left to us.
    isDisconnected(isClosed) {
        this.staleTimer ??= setTimeout(() => {
            this.isStale = true;
            this.showStale();
        }, 5000);
        if (!isClosed) return;
        this.close();
        this.failures += 1;
        const wait = Math.min(30, 2 ** this.failures) * 1000;
        this.retry = setTimeout(async () => {
            if (this.failures % 3 === 0) await this.refresh();
            this.open();
        }, wait);
    }

    showStale() {
        const note = this.region?.querySelector("[data-stale]");
        if (note) note.hidden = !this.isStale;
    }

    progress(data, id) {
        if (id) this.cursor = id;
        const job = JSON.parse(data);
        const element = this.region?.querySelector(`[data-job="${CSS.escape(job.id)}"]`);
        if (!element) return this.refreshSoon(1000);
        for (const node of element.querySelectorAll("[data-field]")) setFigure(node, job);
        if (turningPoints.some(([name, member]) => name in element.dataset
            && element.dataset[name] !== String(job[member] ?? ""))) return this.refreshSoon(250);
        // New problems are worth a look, but not one at every event.
        if ("failed" in element.dataset && element.dataset.failed !== String(job.failed_rows)) this.refreshSoon(5000);
        if (element.dataset.name) this.tell(job, element.dataset.name);
    }

    tell(job, name) {
        document.title = `${job.progress} % · ${this.title}`;
        if (Date.now() - this.announced < 15000) return;
        this.announced = Date.now();
        say(`${name}: ${job.progress} %, ${integer(job.processed_rows)} rows`);
    }

    reset() {
        this.cursor = null;
        this.refreshSoon(0);
    }

    async end() {
        this.close();
        document.title = this.title;
        if (!await this.refresh()) this.refreshSoon(2000);
        this.announced = Date.now();
        say(this.region?.querySelector(".banner")?.textContent.trim() ?? "Done.");
        // It may have been retried meanwhile.
        if (this.region?.dataset.stream) this.retry = setTimeout(() => this.open(), 2000);
        else {
            // The page may have been shown meanwhile, and have opened it again.
            this.stream = null;
            this.close();
        }
    }

    /** At most one refresh in so many milliseconds, and the last wish is never lost. */
    refreshSoon(spacing) {
        if (this.refreshTimer) return;
        const wait = Math.max(0, this.refreshed + spacing - Date.now());
        this.refreshTimer = setTimeout(async () => {
            // A change that is told while the page is under way may not be in it: from here on it is a new wish.
            this.refreshTimer = null;
            if (!await this.refresh()) this.refreshSoon(2000);
        }, wait);
    }

    /** Fetches this page again and takes over its regions, one after another; false where it could not be had. */
    refresh() {
        this.refreshing = this.refreshing.then(() => this.takeOver());
        return this.refreshing;
    }

    async takeOver() {
        this.refreshed = Date.now();
        let text;
        try {
            const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
            // Logged out, or gone: let the server say so.
            if (response.redirected || response.status === 401 || response.status === 404) {
                location.reload();
                return true;
            }
            if (!response.ok) return false;
            text = await response.text();
        } catch {
            return false;
        }
        const page = new DOMParser().parseFromString(text, "text/html");
        for (const old of document.querySelectorAll("[data-region]")) {
            const fresh = page.querySelector(`[data-region="${CSS.escape(old.dataset.region)}"]`);
            if (fresh) replace(old, document.adoptNode(fresh));
        }
        document.dispatchEvent(new Event("regions"));
        this.showStale();
        return true;
    }
}

function replace(old, fresh) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    localise(fresh);
    // What is ticked stays ticked.
    const ticked = new Set([...old.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.id));
    for (const box of fresh.querySelectorAll("input[type=checkbox]")) if (ticked.has(box.id)) box.checked = true;
    old.replaceWith(fresh);
    if (!focused) return;
    const same = focused.id
        ? document.getElementById(focused.id)
        : [...fresh.querySelectorAll("a[href]")].find((link) => link.href === focused.href);
    same?.focus();
}

function setFigure(node, job) {
    const value = job[node.dataset.field];
    if (node instanceof HTMLProgressElement) {
        if (value === null || value === undefined) node.removeAttribute("value");
        else node.value = value;
    } else {
        const text = figure(value, node.dataset.format);
        if (node.textContent !== text) node.textContent = text;
    }
}
