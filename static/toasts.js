// Messages that are said once. They are in the page from the server; here they are read out, put away in place, and
// taken out of the address, so that neither a reload nor a bookmark says them again. None goes by itself: how long
// somebody needs to read it is not ours to guess.

import { say } from "./announcer.js";

const saidBy = ["done", "saved", "number", "gone"];

export function start() {
    const toasts = [...document.querySelectorAll("[data-toast]")];
    if (toasts.length === 0) return;
    forgetInAddress();
    // What stands in a page when it comes is not read out, an alert excepted: only what changes later is.
    const quiet = toasts.filter((toast) => toast.getAttribute("role") !== "alert");
    setTimeout(() => say(quiet.map((toast) => toast.querySelector("p").textContent.trim()).join(" ")), 500);
    for (const toast of toasts) {
        toast.querySelector(".toast-close").addEventListener("click", (event) => {
            event.preventDefault();
            putAway(toast);
        });
    }
    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
        const last = [...document.querySelectorAll("[data-toast]")].pop();
        if (last) putAway(last);
    });
}

function forgetInAddress() {
    const address = new URL(location.href);
    for (const name of saidBy) address.searchParams.delete(name);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
}

function putAway(toast) {
    const hadFocus = toast.contains(document.activeElement);
    const list = toast.parentElement;
    toast.remove();
    if (list.children.length === 0) list.remove();
    if (hadFocus) document.getElementById("main")?.focus();
}
