// Uploads by drag and drop, with progress: one request a file, the file itself as its body.

import { bytes } from "./format.js";

const atOnce = 2;

let current = null;

/** Takes the page's upload form over; again when a live part of the page has brought another one. */
export function start() {
    const form = document.querySelector("form[data-upload]");
    if (form === (current?.form ?? null)) return;
    current?.stop();
    current = form && new Uploads(form);
}

document.addEventListener("regions", start);

class Uploads {
    constructor(form) {
        this.form = form;
        this.zone = form.querySelector(".drop-zone");
        this.list = form.querySelector("[data-uploads]");
        this.input = form.querySelector("input[type=file]");
        this.queue = [];
        this.running = 0;
        this.input.multiple = !("single" in form.dataset);
        this.stopping = new AbortController();
        for (const node of form.querySelectorAll("[data-without-script]")) node.hidden = true;
        for (const node of form.querySelectorAll("[data-script-text]")) node.textContent = node.dataset.scriptText;
        form.addEventListener("submit", (event) => event.preventDefault());
        this.input.addEventListener("change", () => {
            this.add([...this.input.files]);
            this.input.value = "";
        });
        this.acceptDrops();
    }

    stop() {
        this.stopping.abort();
    }

    // The whole page takes a drop: missing the zone must not make the browser leave and show the file.
    acceptDrops() {
        const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
        const { signal } = this.stopping;
        document.addEventListener("dragover", (event) => {
            if (!hasFiles(event)) return;
            event.preventDefault();
            event.dataTransfer.dropEffect = "copy";
            this.zone.classList.add("is-over");
        }, { signal });
        document.addEventListener("dragleave", (event) => {
            if (!event.relatedTarget) this.zone.classList.remove("is-over");
        }, { signal });
        document.addEventListener("drop", (event) => {
            if (!hasFiles(event)) return;
            event.preventDefault();
            this.zone.classList.remove("is-over");
            this.add([...event.dataTransfer.files].slice(0, this.input.multiple ? Infinity : 1));
        }, { signal });
    }

    add(files) {
        this.list.hidden = false;
        const isAlone = files.length === 1 && this.queue.length === 0 && this.running === 0;
        for (const file of files) this.queue.push(new Upload(this, file, isAlone));
        this.next();
    }

    next() {
        while (this.running < atOnce && this.queue.length > 0) {
            const upload = this.queue.shift();
            if (upload.isCancelled) continue;
            this.running += 1;
            upload.send().finally(() => {
                this.running -= 1;
                this.next();
            });
        }
    }

    /** The address with the chosen options. */
    get address() {
        const url = new URL(this.form.dataset.upload, location.href);
        for (const control of this.form.querySelectorAll("[data-options] [name]")) {
            if (control.type === "checkbox" ? control.checked : control.value) {
                url.searchParams.set(control.name, control.value);
            }
        }
        return url;
    }
}

class Upload {
    constructor(uploads, file, opensPage) {
        this.uploads = uploads;
        this.file = file;
        this.opensPage = opensPage;
        this.isCancelled = false;
        this.draw();
    }

    draw() {
        this.row = document.createElement("li");
        this.name = append(this.row, "span", "name", this.file.name);
        this.bar = append(this.row, "progress", "");
        this.bar.max = 100;
        this.bar.value = 0;
        this.bar.setAttribute("aria-label", `Upload of ${this.file.name}`);
        this.button = append(this.row, "button", "button secondary small", "Cancel");
        this.button.type = "button";
        this.button.setAttribute("aria-label", `Cancel the upload of ${this.file.name}`);
        this.button.addEventListener("click", () => this.cancel());
        this.state = append(this.row, "span", "state", "Waiting for its turn");
        this.state.setAttribute("role", "status");
        this.uploads.list.append(this.row);
    }

    async send() {
        const limit = Number(this.uploads.form.dataset.maxBytes);
        if (this.file.size === 0) return this.fail("The file is empty.");
        if (limit && this.file.size > limit) {
            return this.fail(`The file has ${bytes(this.file.size)}; the most that is taken is ${bytes(limit)}.`);
        }
        await new Promise((done) => {
            const request = new XMLHttpRequest();
            this.request = request;
            request.open("POST", this.uploads.address);
            request.setRequestHeader("Content-Type", "application/octet-stream");
            request.setRequestHeader("X-Filename", encodeURIComponent(this.file.name));
            request.setRequestHeader("X-CSRF-Token", this.uploads.form.elements.csrf_token.value);
            request.setRequestHeader("Accept", "application/json");
            request.upload.addEventListener("progress", (event) => this.progress(event));
            request.addEventListener("load", () => this.answered(request));
            request.addEventListener("error", () => {
                this.fail("The connection broke before the file was accepted. Nothing was imported; choose it again.");
            });
            request.addEventListener("loadend", done);
            this.state.textContent = "Uploading";
            request.send(this.file);
        });
    }

    progress(event) {
        const percent = event.total > 0 ? Math.floor((event.loaded / event.total) * 100) : 0;
        this.bar.value = percent;
        // A status line is read aloud at every change, so it only changes where it says something new.
        const text = percent >= 100 ? "Uploaded, being looked at" : "Uploading";
        if (this.state.textContent !== text) this.state.textContent = text;
        this.name.textContent = `${this.file.name} · ${bytes(event.loaded)} of ${bytes(event.total)}`;
    }

    answered(request) {
        const answer = parse(request.responseText);
        if (request.status !== 202 || !answer?.job_id) return this.fail(words(request, answer));
        const isUnclear = answer.job?.waiting_reason === "mapping";
        const page = this.uploads.form.dataset.jobPath + encodeURIComponent(answer.job_id) + (isUnclear ? "/mapping" : "");
        this.button.remove();
        this.bar.value = 100;
        this.state.textContent = isUnclear ? "Its columns are not clear. " : "Accepted. ";
        const link = append(this.state, "a", "", isUnclear ? "Say what they mean" : "Watch the import");
        link.href = page;
        if (this.opensPage) location.assign(page);
    }

    fail(text) {
        this.row.classList.add("failed");
        this.bar.remove();
        this.button.textContent = "Dismiss";
        this.button.setAttribute("aria-label", `Dismiss ${this.file.name}`);
        this.isCancelled = true;
        this.state.textContent = text;
    }

    cancel() {
        this.isCancelled = true;
        this.request?.abort();
        this.row.remove();
        this.uploads.list.hidden = this.uploads.list.children.length === 0;
        this.uploads.input.focus();
    }
}

function append(parent, tag, className, text = "") {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.textContent = text;
    parent.append(node);
    return node;
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return null;
    }
}

/** Why an upload was refused: the server's own words, or ours where it has none. */
function words(request, problem) {
    if (request.status === 401) return "You have been logged out. Log in again and choose the file once more.";
    if (problem?.detail) return problem.detail;
    if (request.status === 413) return "The file is larger than this server takes.";
    return `The server could not take the file (error ${request.status}). Nothing was imported; try again later.`;
}
