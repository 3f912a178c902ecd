// Small helps for forms: the error summary takes the focus, and a destructive button waits for its number.

export function start() {
    document.querySelector("[data-focus]")?.focus();
    for (const box of document.querySelectorAll("[data-confirm]")) waitForNumber(box);
    for (const place of document.querySelectorAll("[data-count-of]")) count(place);
    for (const form of document.querySelectorAll("form.form.wide")) guard(form);
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

// A text whose length matters: how many characters it has, as it is typed.
function count(place) {
    const input = document.getElementById(place.dataset.countOf);
    input?.addEventListener("input", () => {
        place.textContent = String([...input.value].length);
    });
}

// A form that was edited says so beside its button, and is not left unasked.
function guard(form) {
    const bar = form.querySelector(".form-actions");
    const note = document.createElement("span");
    note.className = "unsaved";
    note.setAttribute("role", "status");
    bar.querySelector("button")?.after(note);
    const before = state(form);
    let isSent = false;
    const isEdited = () => state(form) !== before;
    form.addEventListener("input", () => {
        note.textContent = isEdited() ? "Not saved yet" : "";
    });
    form.addEventListener("submit", () => {
        isSent = true;
    });
    // Coming back to the page in a browser that kept it, the form is as it was left.
    addEventListener("pageshow", () => {
        isSent = false;
    });
    addEventListener("beforeunload", (event) => {
        if (!isSent && isEdited()) event.preventDefault();
    });
}

function state(form) {
    return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
}
