// The mapping page: what a choice makes of the first rows is shown while the form is filled in. The server's page is
// the only place that knows how; its regions are taken over from there.

const patience = 400;

export function start() {
    const form = document.querySelector("form[data-check]");
    if (form) new Mapping(form);
}

class Mapping {
    constructor(form) {
        this.form = form;
        this.timer = null;
        this.request = null;
        for (const node of form.querySelectorAll("[data-without-script]")) node.hidden = true;
        for (const node of form.querySelectorAll("[data-shown-for]")) this.showWhenChosen(node);
        form.addEventListener("change", (event) => this.changed(event));
        form.addEventListener("input", () => this.soon());
    }

    /** A control that only means something beside one choice of a select. */
    showWhenChosen(node) {
        const select = this.form.elements[node.dataset.shownFor];
        const update = () => (node.hidden = select.value !== node.dataset.shownIf);
        select.addEventListener("change", () => {
            update();
            if (!node.hidden) node.focus();
        });
        update();
    }

    /** Another delimiter, encoding or sheet means other columns: the page is made anew. */
    changed(event) {
        if (!event.target.closest("[data-reloads]")) return this.soon();
        clearTimeout(this.timer);
        this.form.requestSubmit(this.form.querySelector("button[value=check]"));
    }

    soon() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.check(), patience);
    }

    async check() {
        this.request?.abort();
        this.request = new AbortController();
        const body = new URLSearchParams(new FormData(this.form));
        body.set("do", "check");
        try {
            const answer = await fetch(this.form.action, { method: "POST", body, signal: this.request.signal });
            if (!answer.headers.get("Content-Type")?.startsWith("text/html")) return;
            this.take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        } catch (error) {
            if (error.name !== "AbortError") this.show("The check did not reach the server. It is tried again at the next change.");
        }
    }

    take(page) {
        for (const region of this.form.querySelectorAll("[data-region]")) {
            const fresh = page.querySelector(`[data-region="${CSS.escape(region.dataset.region)}"]`);
            if (fresh && fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
        }
    }

    show(text) {
        this.form.querySelector("[data-region=trial]").textContent = text;
    }
}
