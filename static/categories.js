// The tree of categories: levels open in place, and a category is moved by dragging it or by keys. Every move is the
// page's own form, so the server says what came of it. And the fields that take a category offer those that match.
import { say } from "./announcer.js";

const patience = 250;
/** Names of the fields that take the path of a category. */
const fields = ["category_id", "parent", "to", "into"];

export function start() {
    const form = document.querySelector("form[data-tree]");
    const top = document.querySelector("[data-tree-top]");
    if (top) new Tree(top, form);
    for (const name of fields) {
        const input = document.getElementById(`field-${name}`);
        if (input?.tagName === "INPUT") offer(input);
    }
}

class Tree {
    constructor(top, form) {
        this.top = top;
        this.form = form;
        this.cut = null;
        top.addEventListener("click", (event) => this.clicked(event));
        top.addEventListener("keydown", (event) => this.pressed(event));
        if (form) {
            this.startDragging();
            document.querySelector("[data-tree-keys]").hidden = false;
        }
        top.querySelector("[data-current] a.name")?.focus();
    }

    // Opening and closing

    clicked(event) {
        const opener = event.target.closest("a[data-opens-level]");
        if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.toggle(opener);
    }

    async toggle(opener) {
        const item = opener.closest("li");
        const isOpen = opener.classList.contains("is-open");
        try {
            const page = await this.fetch(opener.href);
            const fresh = page.querySelector(`li[data-id="${CSS.escape(item.dataset.id)}"]`);
            if (!fresh) return location.assign(opener.href);
            const hadFocus = opener === document.activeElement;
            item.querySelector(":scope > ul")?.remove();
            const list = fresh.querySelector(":scope > ul");
            if (list) item.append(list);
            // The address of its other state stands in the fresh page; other branches may be open here.
            const next = fresh.querySelector("a[data-opens-level]");
            if (next) opener.replaceWith(next);
            this.noteOpen(item.dataset.id, !isOpen);
            if (hadFocus) next?.focus();
            this.readyRows(item);
        } catch {
            location.assign(opener.href);
        }
    }

    async fetch(address) {
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(answer.statusText);
        return new DOMParser().parseFromString(await answer.text(), "text/html");
    }

    /** What is open here is open again after a move. */
    noteOpen(id, isOpen) {
        const input = this.form?.elements.open;
        if (!input) return;
        const ids = input.value.split(",").filter((other) => other && other !== id);
        if (isOpen) ids.push(id);
        input.value = ids.join(",");
    }

    // Keys

    pressed(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const row = event.target.closest("[data-row]");
        if (!row || event.target.closest("button")) return;
        const act = this.action(event.key, row);
        if (!act) return;
        event.preventDefault();
        event.stopPropagation();
        act();
    }

    action(key, row) {
        const opener = row.querySelector("a[data-opens-level]");
        const isOpen = opener?.classList.contains("is-open");
        if (key === "ArrowDown") return () => this.go(row, 1);
        if (key === "ArrowUp") return () => this.go(row, -1);
        if (key === "ArrowRight" && opener && !isOpen) return () => this.toggle(opener);
        if (key === "ArrowLeft" && isOpen) return () => this.toggle(opener);
        if (key === "ArrowLeft") return () => row.closest("ul").closest("li")?.querySelector("a.name").focus();
        if (!this.form) return null;
        if (key === "x") return () => this.take(row);
        if (key === "Escape" && this.cut) return () => this.drop();
        const place = { b: "before", a: "after", i: "into" }[key];
        return place && this.cut ? () => this.move(this.cut, place, row) : null;
    }

    go(row, step) {
        const rows = [...this.top.querySelectorAll("[data-row]")];
        rows[rows.indexOf(row) + step]?.querySelector("a.name").focus();
    }

    take(row) {
        this.drop();
        this.cut = row;
        row.classList.add("is-cut");
        say(`${name(row)} is cut. Go to a place, then press b for before, a for after, i for into, or Escape.`);
    }

    drop() {
        this.cut?.classList.remove("is-cut");
        this.cut = null;
    }

    // Moving

    move(row, place, target) {
        if (row === target || row.closest("li").contains(target)) {
            say("A category cannot go into itself or below itself.");
            return;
        }
        const id = row.closest("li").dataset.id;
        this.form.action = `/categories/${id}/move`;
        const input = this.form.querySelector("input[name=place]");
        input.disabled = false;
        input.value = `${place}:${target.closest("li").dataset.id}`;
        this.form.submit();
    }

    startDragging() {
        let dragged = null;
        let over = null;
        this.readyRows(this.top);
        const leave = () => over?.classList.remove("drop-before", "drop-after", "drop-into");
        this.top.addEventListener("dragstart", (event) => {
            dragged = event.target.closest("[data-row]");
            if (!dragged) return;
            event.dataTransfer.effectAllowed = "move";
            event.dataTransfer.setData("text/plain", name(dragged));
            dragged.classList.add("is-dragged");
        });
        this.top.addEventListener("dragover", (event) => {
            const row = event.target.closest("[data-row]");
            leave();
            over = null;
            if (!dragged || !row || dragged.closest("li").contains(row)) return;
            event.preventDefault();
            over = row;
            row.classList.add(`drop-${placeAt(row, event.clientY)}`);
        });
        this.top.addEventListener("drop", (event) => {
            if (!dragged || !over) return;
            event.preventDefault();
            this.move(dragged, placeAt(over, event.clientY), over);
        });
        this.top.addEventListener("dragend", () => {
            leave();
            dragged?.classList.remove("is-dragged");
            dragged = over = null;
        });
    }

    readyRows(part) {
        if (!this.form) return;
        for (const row of part.querySelectorAll("[data-row]")) {
            row.draggable = true;
            // A link is dragged as an address by itself; here it belongs to its row.
            for (const link of row.querySelectorAll("a")) link.draggable = false;
        }
    }
}

function name(row) {
    return row.querySelector("a.name").textContent;
}

/** The upper and the lower quarter of a row stand for the places beside it. */
function placeAt(row, y) {
    const box = row.getBoundingClientRect();
    const share = (y - box.top) / box.height;
    if (share < 0.25) return "before";
    return share > 0.75 ? "after" : "into";
}

/** Offers the categories whose names have the words that are typed. */
function offer(input) {
    const list = document.createElement("datalist");
    list.id = `${input.id}-offers`;
    input.after(list);
    input.setAttribute("list", list.id);
    let timer = null;
    let request = null;
    input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(look, patience);
    });

    async function look() {
        request?.abort();
        request = new AbortController();
        const words = input.value.split(">").pop().trim();
        if (!words) return;
        const query = new URLSearchParams({ q: words.slice(0, 200), sort: "name", limit: "20" });
        try {
            const answer = await fetch(`/api/categories?${query}`, { signal: request.signal });
            if (!answer.ok) return;
            const { items } = await answer.json();
            list.replaceChildren(...items.map((item) => new Option(item.full_name)));
        } catch (error) {
            // Without offers the field still takes what is typed.
            if (error.name !== "AbortError") list.replaceChildren();
        }
    }
}
