extension HelpTopic {
    static let operators = HelpTopic(
        name: "operators",
        title: "For those who run it",
        summary: "Starting, updating, backups, TLS, limits, and what to do when",
        text: #"""
            - **Is it well?** `GET /health`: database, migrations, job runner, log size, disk space. 503 only
              when the database cannot be read or a migration is pending.
            - **What went wrong?** *System log* in the navigation, `GET /api/system-log`, or `bodega logs
              --level error --since 1h --follow`: warnings and errors of all processes with the user, job and
              request they belong to. Error pages (for administrators) and jobs lead to their lines. The
              settings `logs.level` (`info` on demand), `logs.days` and `logs.rows` say what is kept.
            - **Where are the logs?** Everything goes to the output of `deploy/up` (or of `bodega serve`); with
              `--detach` to `logs/bodega.log` in the data folder. `--log-format json` (or
              `BODEGA_LOG_FORMAT=json`) makes each line an object. nginx's access log beside it has the same
              request id, as has every answer (`X-Request-Id`). Files there are put aside at 32 MiB
              (`--log-file-size`) and four of each are kept (`--log-files`).
            - **Who did what?** *Audit trail* in the navigation, `GET /api/audit-log`, or as CSV: every login,
              change, order, export and refused token with who, when, from where and the request's id. A bulk
              change, an import, a deletion and an undo name the first 100 SKUs that they changed. Entries are
              only ever added and chained by their hashes: `bodega audit verify` names a row that was changed,
              removed, put in or moved (exit code 1). Keep the last row's number and hash that it prints
              elsewhere, and `--known` later proves that the whole trail was not made anew.
            - **What can I choose?** *Settings* in the navigation, `/api/configuration`, or `bodega config
              list`. A variable or a flag of `serve` goes before, and is shown as such. Changes are in force at
              once, except where it says *next start*.
            - **Something hangs?** What shows no sign of life for 15 seconds (`serve --hang-timeout`; a third of
              it for a process that keeps others from writing) is ended and replaced: workers of jobs, the job
              runner, the index process, the streamer, stopped workers of any kind, also a `bodega import` that
              was stopped in a terminal. Nothing is lost; the job, the log and `/health` say so. Another program
              that holds the writer gate is only named there.
            - **May I copy or move the data folder?** Moved it goes on as before. A copy becomes a data folder
              of its own at its first start (it says so, takes a new id and touches nothing of the original);
              jobs that waited or ran go on in both. Files of `bodega import` stay where they are. **Copy it
              only while Bodega is stopped** and no `bodega` command runs (as root with `cp -a`, which keeps the
              owner): until there is `bodega backup`, a copy of a running folder can be damaged. To put a copy
              back, stop Bodega and put back **the whole folder**: `bodega.db` alone, beside a newer
              `bodega.db-wal`, would be mixed up with that. A start with a database that may have been copied so
              looks through it and says what it found at the terminal, in the log and on `/health`.
            - **Is the database damaged?** `bodega check` looks through its file, also while Bodega runs. A
              damaged page that any process meets is checked at once and stands on `/health` (`database_damage`)
              until a check has found nothing. Then: stop Bodega, keep a copy of the folder as it is, put back
              the whole of one that was made while Bodega was stopped.
            - **How do I stop it?** `deploy/down`, with the `--data` (and `--programs`) that it was started
              with. What was accepted is answered; a running import stops at once and goes on with the next
              start.
            - **How do I update?** Let imports and deletions end (one that runs meanwhile may fail and is to be
              retried), get the new sources, run `deploy/up` again with the same options: the new program is
              tried first, the schema is brought up to date while the old one still answers (users cannot write
              meanwhile), and the old one goes on until the new one has answered. One that is refused changes
              nothing but, perhaps, the schema; `deploy/up`, the log and `/health` say why. **As root, from a
              version whose program stood in the data folder:** it moves to `/usr/local/lib/bodega` and is
              started anew this once; `bin/` in the data folder is root's, so remove it when `deploy/up` says
              so. Let cron jobs and units call `/usr/local/bin/bodega` (with `--data`); it runs as `bodega`, so
              it reads and writes only files which that user may (`bodega export - >FILE`). Root's variables
              other than `BODEGA_…` need `--env`. `--slow-workers` is now for bulk changes and previews only:
              `--login-workers`, `--upload-workers` and `--export-workers` (2 each) do the rest. Tokens with
              only `read:jobs` no longer see what rows hold, and `run:imports` alone no longer deletes: make
              others where programs need it. `bodega migrate status` shows the schema; `bodega migrate down`
              takes one step back.
            - **The disk is full?** Imports wait (the page says so), look again every 30 seconds and go on when
              there is room. Uploads and changes are refused (507 `disk_full`) and leave nothing behind; reading
              goes on, and `/health` says `spool: degraded`, also when only the inodes are used up. Make room,
              and all goes on by itself: nothing is lost. A start without room is refused in words, and so is
              one with fewer than 256 open files (`ulimit -n`).
            - **Products share a SKU?** An old version could leave that (a first load that went on with a
              changed file). `/health` says how many (`duplicate_skus`), *Products* which; nothing but deleting
              by file waits for it. *Keep one of each* there (or `DELETE /api/products/duplicates`) keeps the
              one that was changed last, as a job; the histories of the others stay.
            - **The clock is wrong?** Bodega goes by a time of its own, which follows the server's clock but
              believes no jump: it takes a jump over when that has stood for ten minutes (for a day, where it
              goes back by more than a day). `/health` and the home page say so for a day. What is kept for days
              is never removed because of a jump: after one, or after Bodega was stopped for long, that time
              follows by a day at most with each hour.
            - **TLS?** See below.

            The data folder holds everything: `bodega.db` (with its `-wal` and `-shm`), the text index beside it
            (`bodega.db-search`; this one file may be deleted at any time: one that is missing or damaged is
            built again, which `/health` says meanwhile, and the last damaged one stays as
            `bodega.db-search.damaged`), `bodega.place` (which folder it is and where it stood), `clock`
            (Bodega's own time on this machine), `spool/` (uploads), `secrets/` (the keys that secrets in the
            database are sealed with: keep a copy apart from the database), `logs/`, and `bin/` (the versions,
            when another user than root started it). `bodega config rotate-key` makes a new key and seals every
            secret with it.

            **Never write to the live database with the sqlite3 shell or another tool.** Debian's SQLite has a
            rare race between writers and checkpoints that can damage a file; Bodega is safe because every write
            and every checkpoint goes through one gate, which other tools do not know. Reading a copy is fine.

            ## TLS

            Bodega speaks TLS itself (1.2 and 1.3, HTTP/2, Mozilla's intermediate profile) when it is given a
            certificate, and leads everybody there from plain HTTP:

            ```sh
            deploy/up --port 443 --data /var/lib/bodega -- --public-url https://shop.example --redirect-port 80 \
                --certificate /etc/bodega/chain.pem --certificate-key /etc/bodega/key.pem
            ```

            The key must be readable for the user that Bodega runs as. For certificates of Let's Encrypt the
            port for plain HTTP shows what is put into `acme` in the data folder (`certbot certonly --webroot -w
            /var/lib/bodega/acme …`); after a renewal `deploy/up` with the same options, or `bodega serve
            --reload --data /var/lib/bodega`, takes the new files; downloads under way have ten minutes to end.
            For a trial on one machine `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1
            -nodes -subj /CN=localhost -keyout key.pem -out chain.pem` makes a certificate that browsers warn
            of.

            Or a proxy in front does it: `deploy/proxy.example.conf` is one for nginx, with the lines for Caddy.
            Then name the proxy with `--trusted-proxies 127.0.0.1`: only from there are `X-Forwarded-Proto` and
            `X-Forwarded-For` believed. Without it cookies are not marked as secure, and all visitors share one
            address in limits, sessions and the audit trail.

            Over TLS the session's cookie is `__Host-bodega_session` (Secure, HttpOnly, SameSite=Lax), and
            browsers are told to come by TLS only for a year (`Strict-Transport-Security`): begin with TLS when
            you mean to keep it.

            ## Limits

            - One shop, one currency, one machine. Uploads up to 4 GiB, records up to 1 MiB, 2,000 open event
              streams and more.
            - Without a login a body has at most 64 KiB. Uploads under way: 16 at a time and 16 GiB from one
              address, two of them larger than 512 MiB (`--upload-connections`, `--upload-share`); beyond 64 GiB
              of all together (`--spool-limit`) the answer is 503 with `Retry-After`.
            - Short requests, logins, bulk work, uploads and downloads have processes of their own
              (`--web-workers`, `--login-workers`, `--slow-workers`, `--upload-workers`, `--export-workers`).
            - An import, a deletion and an undo can be undone for a year (`--history-days`); uploads are kept
              for 30 days after their job (`--upload-days`). Imports run one at a time, in the order of their
              coming, unless `--imports parallel` is set.
            - While a load fills an empty catalogue, its indexes are built behind the rows: lists in another
              order than the newest first are slower meanwhile, and a product added by hand waits until SKUs are
              indexed, half a second, or is told to come back. Lists are slower too while a job deletes, takes
              back or brings back half of the catalogue or more.
            - A name is found within about two seconds of its change, usually at once; while most products are
              being deleted, when that is done.
            """#
    )
}
