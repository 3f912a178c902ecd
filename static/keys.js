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
        else if (event.key === "/") act(event, document.querySelector("[data-search] input"), (input) => input.select());
        else if (event.key === "?") act(event, dialog, () => dialog.showModal());
        else follow(event, "key");
    });
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
