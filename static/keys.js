// Keyboard shortcuts: `g` and a letter of the navigation, single keys of what the page offers. They can be turned off
// where they are listed (WCAG 2.1.4), which is remembered in this browser, and are never taken from a field.

const storageKey = "bodega.keys";
const patience = 1500;

export function start() {
    const dialog = document.getElementById("shortcuts");
    if (dialog) startDialog(dialog);
    for (const setting of document.querySelectorAll("[data-keys-setting]")) {
        const box = setting.querySelector("input");
        setting.hidden = false;
        box.checked = enabled();
        box.addEventListener("change", () => remember(box.checked));
    }
    let waitsForPlace = 0;
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") closeMenu(event);
        if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
        if (!enabled() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
        const isPlace = event.timeStamp < waitsForPlace;
        waitsForPlace = 0;
        if (isPlace) return follow(event, "go");
        if (event.key === "g") waitsForPlace = event.timeStamp + patience;
        else if (event.key === "/") act(event, searchLine(), (input) => input.select());
        else if (event.key === "?") act(event, dialog, () => dialog.showModal());
        else if (event.key === "j") step(event, 1);
        else if (event.key === "k") step(event, -1);
        else if (event.key === "x") act(event, current()?.querySelector("input[type=checkbox]"), (box) => box.click());
        else if (event.key === "e") act(event, current()?.querySelector(".edit"), (button) => button.click());
        else if (event.key === "Enter" && event.target === document.body) act(event, current()?.querySelector("th a"), (link) => link.click());
        else follow(event, "key");
    });
}

// Rows of the first table: the current one is marked, and seen.

function current() {
    return document.querySelector("tbody tr.is-current");
}

function step(event, by) {
    const rows = [...document.querySelectorAll("main .table-frame tbody tr")];
    if (rows.length === 0) return;
    event.preventDefault();
    const at = rows.indexOf(current());
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    current()?.classList.remove("is-current");
    next.classList.add("is-current");
    next.scrollIntoView({ block: "nearest" });
}

/** That of the list, else the one in the frame that is in sight. */
function searchLine() {
    const inFrame = [...document.querySelectorAll("[data-everything]")].find((input) => input.checkVisibility());
    return document.querySelector("[data-search] input") ?? inFrame;
}

function startDialog(dialog) {
    for (const opener of document.querySelectorAll('[data-opens="shortcuts"]')) {
        opener.addEventListener("click", (event) => {
            // A click that asks for another tab or window gets the page.
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            dialog.showModal();
        });
    }
    // Beside it: the dialog itself is under the pointer only on its backdrop and its edge.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

function closeMenu(event) {
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    event.preventDefault();
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
}

function follow(event, kind) {
    act(event, document.querySelector(`a[data-${kind}="${CSS.escape(event.key)}"]`), (link) => link.click());
}

function act(event, target, action) {
    if (!target) return;
    event.preventDefault();
    action(target);
}

function isTyping(element) {
    if (!(element instanceof HTMLElement)) return false;
    if (element instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit", "file"].includes(element.type);
    return element.isContentEditable || ["TEXTAREA", "SELECT"].includes(element.tagName);
}

// A browser may refuse storage; the choice then holds for this page.
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
