import ImportKit

/// What each operation does, in a few sentences, by its id: for the document and for the page. The summary stands with
/// the route; here is what a caller should know before calling. A test names the operations that have no text.
enum OperationProse {
    typealias Text = (operation: String, text: String)

    /// By operation id.
    static let all = Dictionary(
        (products + pictures + categories + metafields + imports + jobs + schedules + customers + webhooks + people
            + house).map {
                ($0.operation, $0.text)
            },
        uniquingKeysWith: { first, _ in first }
    )

    /// `/api/products`.
    private static let products: [Text] = [
        (
            "getProducts",
            """
            A page of the catalogue. Filters narrow each other: a product must match all of them. Words of `q`, \
            `name`, `brand` and `description` match the beginning of a word; there are no operators. With `job` \
            and `change` it lists what one job did.
            """
        ),
        (
            "postProducts",
            """
            Adds one product. `name` and `sku` are needed, `status` is `active` unless it is said otherwise. A \
            SKU that another product has, in any case of its letters, is refused with 409 and `existing_id`.
            """
        ),
        (
            "deleteProducts",
            """
            Deletes what matches when the request is accepted. Without `confirm` nothing happens and 428 tells \
            in `count` how many products it would be; send that number as `confirm`. `seen` of the same answer, sent \
            beside it, says which products were meant: for others 428 is answered again. The job fails and deletes \
            nothing if other products match by then, and can be undone.
            """
        ),
        (
            "getProductsDuplicates",
            """
            Where an old version or a damaged file has left products that share a SKU: the SKUs, a page at a time, \
            with the products of each. `count` is how many would go for each SKU to stand for one. Empty in a \
            healthy catalogue.
            """
        ),
        (
            "deleteProductsDuplicates",
            """
            Of products that share a SKU the one that was changed last stays, the others are deleted with their \
            histories kept. Without `confirm` nothing happens and 428 tells in `count` how many products it would be; \
            send that number as `confirm`. `seen` of that answer, or of the list, sent beside it says which product of \
            each SKU was to stay: 428 is answered again if that has changed. A SKU of which a product is changed later \
            is left alone and counts as skipped. 409 when no two products share a SKU. The job can be undone for \
            products whose SKU is free then.
            """
        ),
        (
            "patchProducts",
            """
            Each product is found by its `sku` and changed as by a merge patch, or added. They are independent: \
            what is wrong with one stands in its result and holds none of the others up. Send a list as \
            `application/json` (4 MiB), or up to 16 MiB of lines as `application/x-ndjson`; at most 10,000 \
            products either way.
            """
        ),
        (
            "getProductsById",
            """
            One product with all its fields. Its `ETag` names the version, for If-Match.
            """
        ),
        (
            "patchProductsById",
            """
            JSON Merge Patch (RFC 7396): members that are left out stay, null clears. With `If-Match` the change \
            is refused (412) when another request was faster.
            """
        ),
        (
            "putProductsById",
            """
            Replaces the writable members: what is left out is cleared. What GET gave can be sent back as it is. \
            It never adds a product: 404 when there is none.
            """
        ),
        (
            "deleteProductsById",
            """
            Deletes one product at once. Its history stays for a time, and POST restore brings it back with its \
            id.
            """
        ),
        (
            "getProductsBySkuSku",
            """
            As by id. The SKU is one segment, percent-encoded (`/` as `%2F`), and is found in any case of its \
            letters.
            """
        ),
        (
            "patchProductsBySkuSku",
            """
            As by id: JSON Merge Patch (RFC 7396). `sku` itself may be changed, too.
            """
        ),
        (
            "putProductsBySkuSku",
            """
            As by id: replaces the writable members, and never adds a product.
            """
        ),
        (
            "deleteProductsBySkuSku",
            """
            As by id: deletes one product at once; it can be restored.
            """
        ),
        (
            "getProductsByIdHistory",
            """
            Who changed what and when, each version with the members that differ from the one before. Versions \
            older than the shop keeps are gone.
            """
        ),
        (
            "postProductsByIdRestore",
            """
            Writes the fields of an earlier version as a new one. A product that was deleted comes back with its \
            id. 422 when the version is not kept, 409 when another product has its SKU now.
            """
        ),
        (
            "getProductsCsv",
            """
            The whole list as one file, in UTF-8. Cells that a spreadsheet would take for a formula are marked, \
            and the last column says so; importing the file takes the marks away and changes nothing.
            """
        ),
        (
            "getProductsXlsx",
            """
            The whole list as a workbook of one sheet: amounts are numbers, everything else is a text cell, so that \
            no number loses a digit and no text becomes a formula. 422 `too_many_rows` for more products than a sheet \
            has rows, which are 1,048,576 with the header.
            """
        ),
        (
            "getProductsNdjson",
            """
            The whole list, each line a product as GET shows it. For programs that read as it comes.
            """
        ),
    ]

    /// `/api/upload-csv` and the profiles.
    private static let imports: [Text] = [
        (
            "postUploadCsv",
            """
            Answers as soon as the line with the column names was read and the file is on the disk; the job then \
            goes on by itself: watch it under `links`. Options are parts of the form or stand in the query; in \
            both they must agree. An `Idempotency-Key` makes it safe to send the file again after a broken \
            connection.

            Amounts: one mark with three digits behind it and one to three in front (`1,234`) is \
            `ambiguous_price`, except in currencies without decimals (thousands) or with three (decimals); zeros \
            at the end say nothing; numbers of JSON and of workbooks are never ambiguous; more decimals than the \
            currency has, a minus, words and other currencies' signs are `bad_price`. Apostrophes and `="…"` that \
            guard a value from spreadsheets go. Taken, and told under `warnings`: `control_character` (became a \
            blank), `invisible_characters` (left out), `stripped_zeros` (put back), `bad_check_digit`; not taken, so \
            that the product keeps its bar code: `scientific_identifier`.
            """
        ),
        (
            "getImportTargets",
            """
            What the option `target` of an upload takes. A file needs a column for each part of the key, under the \
            field's own name, one of its other names, or as `mapping` says.
            """
        ),
        (
            "getImportProfiles",
            """
            How files of one kind are read: which column feeds which field, and how the file is written. \
            Built-in profiles are not in the list.
            """
        ),
        (
            "postImportProfiles",
            """
            Saves how files of one kind are read, for `profile` of an upload. With `headers` it is taken for \
            files with the same columns when the upload names no profile.
            """
        ),
        (
            "getImportProfilesById",
            """
            One profile; its `ETag` names the version.
            """
        ),
        (
            "patchImportProfilesById",
            """
            JSON Merge Patch (RFC 7396). `mapping` is replaced as a whole.
            """
        ),
        (
            "putImportProfilesById",
            """
            Replaces the writable members: what is left out is cleared.
            """
        ),
        (
            "deleteImportProfilesById",
            """
            Removes a profile. Imports that used it keep what they did.
            """
        ),
    ]

    /// `/api/jobs` and the event streams.
    private static let jobs: [Text] = [
        (
            "getJobs",
            """
            Every job that is still kept: imports, deletions, undos. Several statuses or kinds stand with commas \
            between.
            """
        ),
        (
            "getJobsById",
            """
            How far the job is, and in `links` what can be read or done with it now. `processed_rows` is the sum \
            of the five counters behind it. To wait for the end, read the events in place of asking again and \
            again.
            """
        ),
        (
            "getJobsByIdErrors",
            """
            One entry for each problem, so a row may be there several times. `row` counts records from 1, `line` \
            the lines of the file.
            """
        ),
        (
            "getJobsByIdErrorsCsv",
            """
            The rows that were refused, ready to be corrected and sent to `repair`: the file's own columns \
            behind `bodega_row` and `bodega_error`.
            """
        ),
        (
            "getJobsByIdFile",
            """
            The bytes that were uploaded. 404 once the file is no longer kept.
            """
        ),
        (
            "getJobsByIdPlan",
            """
            Made before anything is written, and kept afterwards: how many rows would add, change, skip or \
            refuse a product, with some rows of each. With `state` all rows of those states, page by page.
            """
        ),
        (
            "getJobsByIdUndo",
            """
            Counts only; nothing is changed. Products that were changed since stay as they are and are \
            listed.
            """
        ),
        (
            "postJobsByIdUndo",
            """
            Deletes what the job added and brings old values back, as a job of its own. Products that were \
            changed since are kept; a job of which some were kept can be undone again. 409 when it is undone already, \
            when there is nothing to take back, or the history is no longer kept.
            """
        ),
        (
            "postJobsByIdConfirm",
            """
            For an import that waits in `awaiting_confirmation`. Rows whose product was changed meanwhile are \
            held back.
            """
        ),
        (
            "postJobsByIdReplan",
            """
            For an import that waits in `awaiting_confirmation`: the plan is made again for the catalogue as it \
            is now.
            """
        ),
        (
            "postJobsByIdCancel",
            """
            At once where the job does not run, else between two batches. Rows that were applied stay; `undo` \
            takes them back.
            """
        ),
        (
            "postJobsByIdRetry",
            """
            For a job that failed or was cancelled: it goes on behind the last row that was applied, under the \
            same id.
            """
        ),
        (
            "postJobsByIdRestart",
            """
            For an import that is over: its file is imported again by a new job, with the same options, and the old \
            one stays as it was. Rows that have not changed are left alone.
            """
        ),
        (
            "postJobsByIdRepair",
            """
            The file of `errors.csv` with its rows corrected. They are merged into the same import, whose \
            counters then hold for all rows.
            """
        ),
        (
            "postJobsByIdStreamTicket",
            """
            For a page of another site, whose `EventSource` can send no token: open the path `events` of the answer \
            within a minute. The ticket is good for this one stream, and as long as the session or token that asked.
            """
        ),
        (
            "getJobsByIdEvents",
            """
            The present state at once, then `progress` with the job whenever it changes, at least twice a second \
            while rows move. `end` comes last and closes the stream. With `Last-Event-ID` it goes on behind that \
            event.
            """
        ),
        (
            "getEvents",
            """
            One stream for many things to watch. Topics are `jobs`, `catalogue`, `system` and `job:ID`. A \
            comment every 15 seconds keeps the line open.
            """
        ),
    ]
}
