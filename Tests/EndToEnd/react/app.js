// What a front end of somebody else's does with Bodega: it uploads, lists and watches. With ?api=ORIGIN it calls Bodega
// directly, with a token; without it through the development server that it came from, with a session.
"use strict";

const { createElement: h, useEffect, useRef, useState } = React;
const api = new URLSearchParams(location.search).get("api") ?? "";
const named = new URLSearchParams(location.search).get("named") !== "0";

async function call(path, access, options = {}) {
    const answer = await fetch(api + path, { ...options, headers: { ...access, ...options.headers } });
    const body = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw new Error(`${answer.status} ${body.code}`);
    return body;
}

// Another site's stream is opened with a ticket; where that is refused one day, another is asked for.
async function open(job, access) {
    if (api === "") return new EventSource(`/api/jobs/${job}/events`);
    const { events } = await call(`/api/jobs/${job}/stream-ticket`, access, { method: "POST" });
    return new EventSource(`${api}${events}${named ? "" : "&named=0"}`);
}

function useJob(id, access, fail) {
    const [job, setJob] = useState(null);
    useEffect(() => {
        if (id === null) return undefined;
        let source = null;
        let isOver = false;
        const take = (event) => {
            const state = JSON.parse(event.data);
            setJob((before) => ({ ...state, seen: (before?.seen ?? 0) + 1 }));
            if (["completed", "failed", "cancelled"].includes(state.status)) {
                isOver = true;
                source.close();
            }
        };
        const connect = async () => {
            try {
                source = await open(id, access);
            } catch (error) {
                return fail(error);
            }
            if (isOver) return source.close();
            for (const name of named ? ["progress", "end"] : ["message"]) source.addEventListener(name, take);
            source.onopen = () => { window.opened = (window.opened ?? 0) + 1; };
            source.onerror = () => {
                if (source.readyState === EventSource.CLOSED && !isOver) setTimeout(connect, 1000);
            };
            return undefined;
        };
        connect();
        return () => {
            isOver = true;
            source?.close();
        };
    }, [id]);
    return job;
}

function Access({ give, fail }) {
    const first = useRef(null);
    const second = useRef(null);
    const submit = async (event) => {
        event.preventDefault();
        if (api !== "") return give({ Authorization: `Bearer ${first.current.value}` });
        const body = JSON.stringify({ email: first.current.value, password: second.current.value });
        const headers = { "Content-Type": "application/json" };
        try {
            return give({ "X-CSRF-Token": (await call("/api/session", {}, { method: "POST", headers, body })).csrf_token });
        } catch (error) {
            return fail(error);
        }
    };
    return h("form", { onSubmit: submit },
        h("label", null, api === "" ? "Email" : "Token", h("input", { ref: first })),
        api === "" && h("label", null, "Password", h("input", { ref: second, type: "password" })),
        h("button", null, "Enter"));
}

function App() {
    const [access, setAccess] = useState(null);
    const [id, setID] = useState(null);
    const [jobs, setJobs] = useState([]);
    const [error, setError] = useState(null);
    const fail = (error) => setError(error.message);
    const job = useJob(id, access, fail);
    useEffect(() => {
        if (job?.status === "completed") call("/api/jobs?limit=5", access).then((page) => setJobs(page.items), fail);
    }, [job?.status]);
    if (access === null) return h("div", null, h(Access, { give: setAccess, fail }), h("p", { id: "error" }, error));
    const upload = async (event) => {
        const file = event.target.files[0];
        const headers = { "Content-Type": "text/csv", "X-Filename": encodeURIComponent(file.name) };
        try {
            setID((await call("/api/upload-csv?guard=off", access, { method: "POST", headers, body: file })).job_id);
        } catch (error) {
            fail(error);
        }
    };
    return h("div", null,
        h("label", null, "Product file", h("input", { type: "file", onChange: upload })),
        h("p", { id: "error" }, error),
        h("p", { id: "job", "data-status": job?.status, "data-rows": job?.processed_rows, "data-seen": job?.seen },
            job && `${job.filename}: ${job.status}, ${job.progress} %`),
        h("ul", null, jobs.map((one) => h("li", { key: one.id }, `${one.filename} ${one.created_rows}`))));
}

ReactDOM.createRoot(document.getElementById("app")).render(h(App));
