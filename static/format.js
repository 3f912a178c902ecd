// Figures and moments in words, as AdminKit's Format writes them on the server.

const integers = new Intl.NumberFormat("en");

export function integer(value) {
    return integers.format(value).replace("-", "−");
}

/** Whole seconds in their two greatest units: "3 min 20 s". */
export function duration(seconds) {
    const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    const whole = Math.max(0, Math.floor(seconds));
    const greatest = units.findIndex(([, size]) => whole >= size);
    if (greatest < 0) return "0 s";
    const [name, size] = units[greatest];
    const head = `${Math.floor(whole / size)} ${name}`;
    const next = units[greatest + 1];
    const rest = next ? Math.floor((whole % size) / next[1]) : 0;
    return rest === 0 ? head : `${head} ${rest} ${next[0]}`;
}

/** Powers of 1000, one decimal below ten: "1.4 kB", "246 MB". */
export function bytes(count) {
    if (count < 1000) return `${count} ${count === 1 ? "byte" : "bytes"}`;
    const units = ["kB", "MB", "GB", "TB"];
    let unit = 0;
    let value = count / 1000;
    while (value >= 1000 && unit + 1 < units.length) {
        value /= 1000;
        unit += 1;
    }
    const tenths = Math.floor(value * 10) / 10;
    return `${tenths < 10 && tenths % 1 > 0 ? tenths.toFixed(1) : Math.floor(value)} ${units[unit]}`;
}

/** A figure of a live page; what is not known yet is an empty text. */
export function figure(value, format) {
    if (value === null || value === undefined) return "";
    switch (format) {
    case "integer": return integer(value);
    case "percent": return `${value} %`;
    case "rate": return `${integer(Math.round(value))} rows/s`;
    case "left": return `about ${duration(value)} left`;
    default: return String(value);
    }
}

const withMinutes = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
const minutes = new Intl.DateTimeFormat("en-GB", withMinutes);
const seconds = new Intl.DateTimeFormat("en-GB", { ...withMinutes, second: "2-digit" });

/** Shows every moment under `root` in the viewer's zone; the UTC text stays as its title. */
export function localise(root) {
    for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
        const moment = new Date(time.dateTime);
        if (Number.isNaN(moment.getTime())) continue;
        time.title = time.textContent;
        time.textContent = ("seconds" in time.dataset ? seconds : minutes).format(moment);
    }
    for (const zone of root.querySelectorAll("[data-zone]")) {
        zone.textContent = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    }
}
