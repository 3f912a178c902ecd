// A button beside a secret that puts it on the clipboard. Without it the field can be selected and copied by hand.

export function start() {
    for (const box of document.querySelectorAll("[data-copy]")) addButton(box);
}

function addButton(box) {
    const input = box.querySelector("input");
    if (!input) return;
    input.addEventListener("focus", () => input.select());
    if (!navigator.clipboard) return;
    const button = Object.assign(document.createElement("button"), {
        type: "button", className: "button secondary", textContent: "Copy",
    });
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(input.value);
            say(button, "Copied");
        } catch {
            input.select();
            say(button, "Press Ctrl+C");
        }
    });
    box.append(button);
}

function say(button, text) {
    button.textContent = text;
    const announcer = document.querySelector("[data-announcer]");
    if (announcer) announcer.textContent = text;
}
