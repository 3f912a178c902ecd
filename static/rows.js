// Boxes of a list that can be ticked: all of the page at once, a range with the shift key, and how many are ticked.

import { integer } from "./format.js";

export function start() {
    for (const form of document.querySelectorAll("form.bulk")) new Selection(form);
}

class Selection {
    constructor(form) {
        this.form = form;
        this.all = form.elements.all ?? null;
        this.table = form.closest(".selectable").querySelector("table");
        this.last = null;
        this.addHead();
        this.table.addEventListener("click", (event) => this.clicked(event));
        form.closest(".selectable").addEventListener("change", () => this.update());
        // A browser that goes back may have kept what was ticked.
        addEventListener("pageshow", () => this.update());
        this.update();
    }

    get boxes() {
        return [...this.table.querySelectorAll("tbody input[name=id]")];
    }

    addHead() {
        const cell = this.table.querySelector("thead .select");
        if (!cell) return;
        this.head = document.createElement("input");
        this.head.type = "checkbox";
        this.head.setAttribute("aria-label", "Select all on this page");
        this.head.addEventListener("change", () => {
            for (const box of this.boxes) box.checked = this.head.checked;
        });
        cell.replaceChildren(this.head);
    }

    clicked(event) {
        const box = event.target.closest("tbody input[name=id]");
        if (!box) return;
        const boxes = this.boxes;
        const from = boxes.indexOf(this.last);
        if (event.shiftKey && from >= 0) {
            const to = boxes.indexOf(box);
            for (const other of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) other.checked = box.checked;
            this.update();
        }
        this.last = box;
    }

    update() {
        const boxes = this.boxes;
        const count = boxes.filter((box) => box.checked).length;
        if (count === 0 && this.all) this.all.checked = false;
        if (this.head) {
            this.head.checked = count > 0 && count === boxes.length;
            this.head.indeterminate = count > 0 && count < boxes.length;
        }
        const words = this.all?.checked ? "All that match" : `${integer(count)} selected`;
        this.form.querySelector("[data-selected]").textContent = words;
    }
}
