// Small helps for forms: the error summary takes the focus, and a destructive button waits for its number.

export function start() {
    document.querySelector("[data-focus]")?.focus();
    for (const box of document.querySelectorAll("[data-confirm]")) waitForNumber(box);
}

function waitForNumber(box) {
    const input = box.querySelector("input[name=confirm]");
    const button = box.querySelector("button");
    if (!input || !button) return;
    const update = () => {
        button.disabled = input.value.replace(/[\s,.]/g, "") !== box.dataset.confirm;
    };
    input.addEventListener("input", update);
    update();
}
