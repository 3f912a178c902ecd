// Custom attributes as rows of name and value. What is sent is the text area that the rows stand for: one attribute a
// line, or JSON where a line cannot say it.

export function start() {
    const area = document.getElementById("field-custom_attributes");
    if (area?.tagName === "TEXTAREA" && !area.readOnly) new Pairs(area);
}

class Pairs {
    constructor(area) {
        this.area = area;
        const pairs = read(area.value);
        // What cannot stand in one line is edited as the text that it is.
        if (!pairs) return;
        this.list = document.createElement("ul");
        this.list.className = "pairs";
        this.list.setAttribute("aria-label", document.querySelector(`label[for="${area.id}"]`).firstChild.textContent);
        for (const [name, value] of pairs) this.add(name, value);
        const more = document.createElement("button");
        more.type = "button";
        more.className = "button secondary small";
        more.textContent = "Add attribute";
        more.addEventListener("click", () => this.add("", "").querySelector("input").focus());
        area.hidden = true;
        area.before(this.list, more);
        const label = document.querySelector(`label[for="${area.id}"]`);
        label.removeAttribute("for");
        document.getElementById(`${area.id}-hint`)?.remove();
    }

    add(name, value) {
        const row = document.createElement("li");
        const [left, right] = [input(name, "Name of the attribute"), input(value, "Value")];
        for (const field of [left, right]) field.addEventListener("input", () => this.write());
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "button secondary small";
        remove.textContent = "Remove";
        const tell = () => remove.setAttribute("aria-label", `Remove ${left.value || "this attribute"}`);
        tell();
        left.addEventListener("input", tell);
        remove.addEventListener("click", () => {
            const next = row.nextElementSibling ?? row.previousElementSibling;
            row.remove();
            this.write();
            (next?.querySelector("button") ?? this.list.nextElementSibling).focus();
        });
        row.append(left, right, remove);
        this.list.append(row);
        return row;
    }

    write() {
        const rows = [...this.list.children].map((row) => [...row.querySelectorAll("input")].map((field) => field.value.trim()));
        const pairs = rows.filter(([name, value]) => name || value);
        const isPlain = pairs.every(([name]) => !name.includes(":") && !name.startsWith("{"));
        this.area.value = isPlain
            ? pairs.map(([name, value]) => `${name}: ${value}`).join("\n")
            : JSON.stringify(Object.fromEntries(pairs));
        this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }
}

function input(value, label) {
    const field = document.createElement("input");
    field.className = "input";
    field.type = "text";
    field.value = value;
    field.autocomplete = "off";
    field.setAttribute("aria-label", label);
    return field;
}

/** Names and values; null where the text holds anything else. */
function read(text) {
    if (text.trim().startsWith("{")) {
        try {
            const pairs = Object.entries(JSON.parse(text));
            return pairs.every(([, value]) => typeof value === "string" && !/[\r\n]/.test(value)) ? pairs : null;
        } catch {
            return null;
        }
    }
    const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    if (!lines.every((line) => line.includes(":"))) return null;
    return lines.map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
}
