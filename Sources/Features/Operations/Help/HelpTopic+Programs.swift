extension HelpTopic {
    static let programs = HelpTopic(
        name: "programs",
        title: "For programs",
        summary: "Tokens, uploads, streams of events and what programs may rely on",
        text: #"""
            ## Access

            **Use the API.** Make a token and send it:

            ```sh
            bodega token create --user admin@localhost --name shop \
                 --scope read:products --scope read:jobs --scope run:imports
            curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/api/products?q=merlot
            curl -H "Authorization: Bearer $TOKEN" -H "X-Filename: products.csv" \
                 --data-binary @products.csv http://localhost:8080/api/upload-csv
            curl -N -H "Authorization: Bearer $TOKEN" http://localhost:8080/api/jobs/$JOB/events
            ```

            `bodega routes` lists every address, who may call it and what it does. Errors are
            `application/problem+json`.

            The page *API* (in the footer of every page, `/api/docs`) says what each address takes, answers and
            needs; for generating a client there is `/api/openapi.json` (openapi-python-client,
            openapi-generator and aiopenapi3 take it as it is). Give a POST an `Idempotency-Key` of your own and
            it can be sent again without harm for a day. `serve --token-rate 200` limits each token (0: not at
            all); the setting *Origins of other sites* lets pages of other sites call the API with a token.

            **Build a front end of your own.** `deploy/up --dev-origins` lets pages of http://localhost:3000 and
            http://localhost:5173 in. They call the API with a token. To watch a job they `POST
            /api/jobs/{id}/stream-ticket` and open the address that comes back, `new EventSource(base +
            answer.events)`, within a minute; `&named=0` sends every event to `onmessage`. Or let the
            development server hand `/api` on (Vite: `server.proxy`, `changeOrigin` or not) and log in with
            `POST /api/session` as our pages do.

            Or make a token on the page *Tokens*: choose what it may do (never more than you may), when it ends,
            and copy the secret, which is shown once. *Rotate* gives a token another secret; the old one ends at
            once or works for up to 24 hours more. A token gives only what it holds: it rotates no token, adds
            no user and makes no link that may do more. `run:imports` alone deletes nothing (`mode=delete` and
            `missing=deactivate` need `delete:products` too, and so do going on with such a job and taking it
            back); `read:jobs` alone shows how far jobs are, and with `read:products` what their rows hold.

            **Add people.** On *Users* (or `POST /api/users`) an administrator adds a user and hands over the
            link by which they set a password: it works once, for 24 hours. Who forgot a password gets such a
            link too. The link is whole when Bodega was started with `--public-url https://shop.example`, or
            when you are at `localhost`; else only its path is shown. Roles: *viewer* sees, *editor* changes and
            imports, *admin* does everything. *Deactivate* ends all sessions and tokens of a user at the next
            request; the last active administrator cannot be deactivated, locked or given another role. *Locked
            until* keeps a user out until that day; sessions and tokens go on afterwards. Names, password, email
            address and open sessions are each user's own, behind the name in the navigation.

            A password has 12 characters or more and is not made of what is guessed first (common words,
            keyboard runs, your name or the shop's). From the shell: `bodega user create --email
            anna@example.com --role editor` prints a password once, `bodega user reset-link --email
            anna@example.com` a link; `bodega user list` and `bodega user password` do the rest.
            `--password-stdin` reads a password from the input, where no list of processes shows it.

            ## Tell other systems what happens

            A *webhook* is an address of another system, such as an ERP, that is told at once: on the page
            *Webhooks* say where, and which events (`product.updated`, `product.*`, `import.completed`,
            everything); `GET /api/event-types` lists them with the schema and an example of each. An import
            tells once, with its counts; who wants each product asks for `products.changed` by its name and gets
            them in events of up to 500. From the shell: `bodega webhook create https://erp.example/hooks
            --event 'product.*'` prints the secret, once; `list`, `test ID`, `events` and `replay ID --since
            2026-11-29` do the rest.

            Requests are signed as [Standard Webhooks 1.0](https://www.standardwebhooks.com) has it, so its
            libraries verify them: with a secret that both sides know, or (`v1a`) with a public key.
            Answer with a 2xx within 15 seconds; know a repetition by its `webhook-id`.
            An event arrives at least once, also when processes are killed, and every attempt is on record
            before it leaves. What is not taken is tried ten times in about 75 hours (`Retry-After` is honoured,
            redirects are not followed). After five failures in a row one delivery at a time is tried until one
            is taken; then the rest follows. 410 switches a webhook off, and so do five days without a success.
            What was missed meanwhile is sent by *Send again…*. Events of one product keep their order as far as
            repetitions allow; `data` has its version; *Strictly in order* lets none overtake. A dead
            endpoint has 16 requests out at most and holds up
            no other. *Renew the secret* lets the old one sign too for a day.

            Bodega connects to public addresses only, whatever a name leads to when it is connected to:
            loopback, private, link-local and other special ranges are refused unless the setting *Networks that
            are allowed* (`http.allowed_networks`) names them. No proxy and no password is taken from the
            environment.
            """#
    )
}
