// A button beside a secret that puts it on the clipboard. Without it the field can be selected and copied by hand.

import { say } from "./announcer.js";

export function start() {
    for (const box of document.querySelectorAll("[data-copy]")) addButton(box);
}

function addButton(box) {
    const input = box.querySelector("input, textarea");
    if (!input) return;
    input.addEventListener("focus", () => input.select());
    if (!navigator.clipboard) return;
    const button = Object.assign(document.createElement("button"), {
        type: "button", className: "button secondary", textContent: "Copy",
    });
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(input.value);
            show(button, "Copied");
        } catch {
            input.select();
            show(button, "Press Ctrl+C");
        }
    });
    box.append(button);
}

function show(button, text) {
    button.textContent = text;
    say(text);
}
