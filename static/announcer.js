// The one line that screen readers listen to: what changes in it is read out, and nobody sees it.

export function say(text) {
    const line = document.querySelector("[data-announcer]");
    if (line) line.textContent = text;
}
