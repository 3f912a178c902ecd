// Keyboard shortcuts. They can be turned off in their own dialog (WCAG 2.1.4), which is remembered in this browser.

const storageKey = "bodega.keys";

export function start() {
    const dialog = document.getElementById("shortcuts");
    for (const button of document.querySelectorAll("[data-opens]")) {
        button.hidden = false;
        button.addEventListener("click", () => document.getElementById(button.dataset.opens)?.showModal());
    }
    const box = dialog?.querySelector("[data-keys-enabled]");
    if (box) {
        box.checked = enabled();
        box.addEventListener("change", () => remember(box.checked));
    }
    let waitsForPlace = 0;
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") document.querySelector("details.menu[open]")?.removeAttribute("open");
        if (!enabled() || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
        if (document.querySelector("dialog[open]")) return;
        if (event.timeStamp < waitsForPlace) {
            waitsForPlace = 0;
            const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
            if (link) return act(event, () => location.assign(link.href));
        }
        if (event.key === "g") waitsForPlace = event.timeStamp + 1500;
        const search = document.querySelector("[data-search] input");
        if (event.key === "/" && search) act(event, () => search.select());
        if (event.key === "?" && dialog) act(event, () => dialog.showModal());
    });
}

function act(event, action) {
    event.preventDefault();
    action();
}

function isTyping(element) {
    if (!(element instanceof HTMLElement)) return false;
    if (element instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit", "file"].includes(element.type);
    return element.isContentEditable || ["TEXTAREA", "SELECT"].includes(element.tagName);
}

// A browser may refuse storage; the keys then work and cannot be turned off for longer than this page.
let here = true;

function enabled() {
    try {
        return here && localStorage.getItem(storageKey) !== "off";
    } catch {
        return here;
    }
}

function remember(isOn) {
    here = isOn;
    try {
        localStorage.setItem(storageKey, isOn ? "on" : "off");
    } catch {
        // See above.
    }
}
