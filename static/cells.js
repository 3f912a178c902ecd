// Cells of a list that are changed where they stand. Each is sent with the version of the row that was read, so what
// another user changed meanwhile is told and never overwritten unseen. Without script there is the page of the record.

import { say } from "./announcer.js";
import { localise } from "./format.js";

const records = "/api/products";
const names = { name: "name", status: "status", price: "price", inventory_quantity: "stock" };

export function start() {
    ready(document);
}

function ready(root) {
    for (const place of root.querySelectorAll("tr[data-tag] [data-edit]")) new Cell(place);
}

class Cell {
    constructor(place) {
        this.place = place;
        this.row = place.closest("tr");
        this.field = place.dataset.edit;
        this.value = place.dataset.value;
        this.shown = [...place.childNodes];
        this.button = document.createElement("button");
        this.button.type = "button";
        this.button.className = "edit";
        // Left out of the way of the tabulator: `e` begins in the current row, and the record has a page of its own.
        this.button.tabIndex = -1;
        const now = place.textContent.trim();
        this.button.setAttribute("aria-label", `${now ? `${now}, edit` : "Edit"} ${names[this.field]} of ${this.row.dataset.name}`);
        this.button.addEventListener("click", () => this.open());
        this.close();
    }

    /** Shows the value. */
    close() {
        this.form = null;
        this.place.classList.remove("is-open");
        // A name leads to its record, and what edits it stands beside it; elsewhere it lies over the value.
        if (this.shown.some((node) => node.nodeName === "A")) {
            this.button.classList.add("beside");
            this.button.innerHTML = pencil;
        }
        this.place.replaceChildren(...this.shown, this.button);
    }

    open() {
        if (this.form) return;
        this.form = document.createElement("form");
        this.form.className = "cell-edit";
        this.form.noValidate = true;
        this.input = this.control();
        this.input.setAttribute("aria-label", `${names[this.field]} of ${this.row.dataset.name}`);
        this.note = document.createElement("div");
        this.note.className = "cell-note";
        this.note.setAttribute("role", "alert");
        this.form.append(this.input, this.note);
        this.place.classList.add("is-open");
        this.place.replaceChildren(this.form);
        this.input.focus();
        this.input.select?.();
        this.form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.save();
        });
        this.form.addEventListener("keydown", (event) => this.pressed(event));
        this.form.addEventListener("focusout", (event) => {
            if (!this.form || this.form.contains(event.relatedTarget) || this.isBusy || this.note.hasChildNodes()) return;
            this.save();
        });
        if (this.field !== "status") return;
        // The keys go through the choices one by one: only the pointer has chosen when something changes.
        let isPointer = false;
        this.input.addEventListener("pointerdown", () => { isPointer = true; });
        this.input.addEventListener("keydown", () => { isPointer = false; });
        this.input.addEventListener("change", () => isPointer && this.save());
    }

    control() {
        if (this.field === "status") {
            const select = document.createElement("select");
            for (const [value, title] of [["active", "Active"], ["draft", "Draft"], ["archived", "Archived"]]) {
                select.add(new Option(title, value, false, value === this.value));
            }
            return select;
        }
        const input = document.createElement("input");
        input.type = "text";
        input.autocomplete = "off";
        input.value = this.value;
        if (this.field === "price") input.inputMode = "decimal";
        if (this.field === "inventory_quantity") input.inputMode = "numeric";
        return input;
    }

    pressed(event) {
        if (event.key === "Escape") {
            event.preventDefault();
            this.close();
            this.button.focus();
        } else if (event.key === "Enter" && event.target === this.input) {
            event.preventDefault();
            this.save();
        } else if (event.key === "Tab" && event.target === this.input && !this.note.hasChildNodes()) {
            const cells = [...this.row.querySelectorAll("[data-edit]")].map((place) => place.dataset.edit);
            const next = cells[cells.indexOf(this.field) + (event.shiftKey ? -1 : 1)];
            if (!next) return;
            event.preventDefault();
            this.save(next);
        }
    }

    /** @param next the field of the row that is to be edited then. */
    async save(next) {
        if (this.isBusy || !this.form) return;
        if (this.input.value.trim() === this.value) {
            this.close();
            if (next) this.go(next);
            return;
        }
        this.isBusy = true;
        this.note.replaceChildren();
        this.input.removeAttribute("aria-invalid");
        try {
            const answer = await this.send(this.row.dataset.tag);
            if (answer.ok) return await this.saved(await answer.json(), next);
            if (answer.status === 412) return await this.overtaken(next);
            this.refuse(await answer.json());
        } catch {
            this.tell("The server does not answer. Nothing was saved.");
        } finally {
            this.isBusy = false;
        }
    }

    send(tag) {
        return fetch(`${records}/${this.row.dataset.id}`, {
            method: "PATCH",
            headers: {
                "Content-Type": "application/merge-patch+json",
                "If-Match": `"${tag}"`,
                "X-CSRF-Token": document.querySelector("input[name=csrf_token]").value,
            },
            body: JSON.stringify({ [this.field]: typed(this.field, this.input.value.trim()) }),
        });
    }

    /** Another user was faster: what they did not touch is saved beside it, what they did is asked about. */
    async overtaken(next) {
        const answer = await fetch(`${records}/${this.row.dataset.id}`);
        if (answer.status === 404) return this.tell("This product was deleted meanwhile.");
        const theirs = await answer.json();
        const tag = `${theirs.id}-${theirs.version}`;
        const now = text(theirs[this.field]);
        if (now === this.value) {
            const again = await this.send(tag);
            if (again.ok) return await this.saved(await again.json(), next);
            return this.refuse(await again.json());
        }
        const history = await fetch(`${records}/${this.row.dataset.id}/history?limit=1`);
        const by = history.ok ? (await history.json()).items[0].by : "Another user";
        this.tell(`${by} changed this to ${now || "nothing"} meanwhile.`, [
            ["Save mine", () => {
                this.row.dataset.tag = tag;
                this.save(next);
            }],
            ["Keep theirs", () => refresh(this.row, theirs)],
        ]);
    }

    refuse(problem) {
        this.tell(problem.errors?.[0]?.detail ?? problem.detail ?? problem.title);
    }

    tell(words, choices = []) {
        this.input.setAttribute("aria-invalid", "true");
        const line = document.createElement("p");
        line.textContent = words;
        const buttons = choices.map(([title, action]) => {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "button secondary small";
            button.textContent = title;
            button.addEventListener("click", action);
            return button;
        });
        this.note.replaceChildren(line, ...buttons);
        (buttons[0] ?? this.input).focus();
    }

    async saved(product, next) {
        this.form = null;
        say("Saved.");
        const row = await refresh(this.row, product);
        if (next) go(row, next);
        else row.querySelector(`[data-edit="${this.field}"] .edit`)?.focus();
    }

    go(field) {
        go(this.row, field);
    }
}

function go(row, field) {
    row.querySelector(`[data-edit="${field}"] .edit`)?.click();
}

/** The row as the server shows it now; one that is in this list no longer stays as it is until the page is left. */
async function refresh(row, product) {
    row.dataset.tag = `${product.id}-${product.version}`;
    const answer = await fetch(location.href);
    const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const fresh = page?.querySelector(`tr[data-id="${CSS.escape(row.dataset.id)}"]`);
    if (!fresh) {
        row.classList.add("is-gone");
        for (const place of row.querySelectorAll("[data-edit]")) place.textContent = text(product[place.dataset.edit]);
        say("Saved. It is in this list no longer.");
        return row;
    }
    const isTicked = row.querySelector("input[name=id]")?.checked;
    if (row.classList.contains("is-current")) fresh.classList.add("is-current");
    row.replaceWith(fresh);
    const box = fresh.querySelector("input[name=id]");
    if (box) box.checked = isTicked;
    localise(fresh);
    for (const place of fresh.querySelectorAll("[data-edit]")) new Cell(place);
    return fresh;
}

function text(value) {
    return value === null || value === undefined ? "" : String(value);
}

/** What was typed as the API takes it. What it cannot be is sent as it is, and the answer says what would be right. */
function typed(field, value) {
    if (field === "price") return value === "" ? null : amount(value);
    if (field === "inventory_quantity") {
        if (value === "") return null;
        return /^-?\d{1,10}$/.test(value) ? Number(value) : value;
    }
    return value;
}

/** `1.234,50` and `1,234.50` as `1234.50`: of two marks the last one is the decimal one. */
function amount(value) {
    const comma = value.lastIndexOf(",");
    const point = value.lastIndexOf(".");
    if (comma < 0) return value;
    return comma > point ? value.replaceAll(".", "").replace(",", ".") : value.replaceAll(",", "");
}

const pencil = `<svg class="i" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="M3 13l.7-3L10.5 3.2a1.1 1.1 0 0 1 1.6 0l.7.7a1.1 1.1 0 0 1 0 1.6L6 12.3z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/></svg>`;
