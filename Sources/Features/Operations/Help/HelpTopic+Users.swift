extension HelpTopic {
    static let users = HelpTopic(
        name: "users",
        title: "For those who keep the catalogue",
        summary: "Importing, correcting, undoing, finding, editing and exporting",
        text: #"""
            ## Import a file

            On the page *Imports* choose or drop one or more product files; each gets a page of its own that
            shows how far it is, how fast, and every problem with its cure. A file that was imported before is
            pointed out before it runs.

            Before anything changes you see what will: how many products are created, changed, left alone or
            refused, and each change field by field. What you confirm is what runs; a product that a user edits
            in between is held back and listed, not overwritten. Brands that no product has yet are named,
            because a misspelt one makes a second brand. An import that would delete, deactivate or reprice (by
            more than half) more than 30 % of its rows always asks; fewer than five such changes never do, so
            that a correction of three rows is not held up. All three numbers are *Settings*. Products that a
            file does not name become drafts only when all of its rows can be read: a row whose SKU is not known
            (a quote never closed, a file that is cut off) may name any of them, so the import asks, and with
            `guard=off` it leaves them as they are and says so. Programs that do not want to be asked leave
            `review` off and say `guard=off`. More options: create or update only, delete the products named,
            make drafts of those that are not named, stop at the first error. From the shell the same is

            ```sh
            bodega import products.csv --data /var/lib/bodega
            bodega import wines.csv --map WineID=sku --map WineName=name
            bodega import wines.csv --review        # shows the plan and asks; --yes goes on without asking
            ```

            It ends with 0 when every row was taken and with 2 when some failed: then the first problems stand
            there, and how to get the rest. `--json` prints the job as the API has it, with its first problems
            in `errors`. Fields are named in any case.

            The file is read where it stands, more than once: leave it alone until the import has ended. One
            that was stopped goes on with the same content only (a copy, or another time of change, does
            not matter); else it fails and says so, what it has done stays and can be undone, and the file as it
            is now is a new import. A file that is still being written is read up to where it ended at first,
            and a warning says so.

            Here `bodega` is a command for root when root ran `deploy/up` (`/usr/local/bin/bodega`; it becomes
            the user `bodega`, which must be able to read the file), and else `bin/bodega` in the data folder.
            With several data folders on a machine the command is of the version that was started last.

            ## What a file may be

            Delimited text (`.csv`, `.tsv`, `.txt`; comma, semicolon, tab or `|`), Excel workbooks (`.xlsx`),
            JSON arrays of objects (`.json`) or JSON objects line by line (`.ndjson`); text and JSON also as
            `.gz` or as the one table in a `.zip`. Delimiter, quote and encoding are found out and shown on the
            import's page; the options `delimiter`, `quote`, `encoding` and `sheet` say otherwise, and so does a
            profile. Of a workbook the first visible sheet is read, with numbers and dates as they are shown,
            but without marks between thousands and never as `8.4E+12`; where that sheet is empty or names no
            SKU the others are named. The value of merged cells counts for all of them. A cell that shows an
            error (`#N/A`), a formula that was never calculated and a number of more than 15 digits are errors
            of their rows. JSON may hold its list under a name (`{"products": […]}`; of several lists
            `items=products` says which); an object that cannot be read is an error of its row. What a file may
            ask for is bounded (unpacked at most 200 times its size and 16 GiB, 10,000 entries, 2,000 columns, 4
            million different texts, 64 levels of JSON): a file beyond is refused with the limit named, and
            memory stays below 128 MB for all of them.

            It needs a header. That is the first line, or, below a title, a date or an address, the line that
            names the columns (looked for among the first 20; shown, and `header_row=4` says otherwise). The
            columns are `sku` (needed), `name` (needed for new products), `brand`, `description`, `price`,
            `compare_at_price`, `upc`, `status` (`draft`, `active`, `archived`) or `active` (yes or no),
            `custom_attributes` (a JSON object of texts) and those listed below, in any order; case, blanks,
            punctuation, units and currencies in their names do not matter (`SKU *`, `Art.-Nr.`, `Price (EUR)`).
            Other names are understood in English, German, French, Spanish, Italian, Polish, Dutch, Portuguese,
            Russian, Ukrainian, Turkish, Japanese and Chinese; the page *Imports* lists them. Where two columns
            could be meant, none is taken and both are named; of several bar codes (`EAN13` beside `UPC`) the
            first that is filled counts in each row. Other columns are named as ignored, prices among them
            first.

            - `short_description`, `manufacturer`, `manufacturer_part_number`: texts of up to 5,000, 200 and 128
              characters
            - `cost_price`: an amount, as `price`
            - `weight` with `weight_unit`; `length`, `width`, `height` with `dimension_unit`: decimals of 0 or
              more with up to 6 places, kept exactly; g, kg, oz, lb; mm, cm, m, in, ft, yd
            - `inventory_quantity`, `inventory_tracked`: a whole number, which may be less than 0; yes or no
            - `seo_title`, `seo_description`, `seo_handle`: up to 255 and 500 characters; the handle of a page:
              `a-z`, `0-9` and `-`, no two products have the same
            - `group_key`, `option_1_name`, `option_1_value` … `option_3_value`: what the variants of one
              product share, and what tells them apart
            - `shopify_product_id`, `shopify_variant_id`: digits, or `gid://shopify/Product/…` and
              `gid://shopify/ProductVariant/…`

            A measure needs its unit: in a column of its own, in the column's name (`Weight (kg)`, `Länge in
            cm`) or in the cell (`1.5 kg`). Without one it is left out, and a warning says so. `Hersteller` and
            its like are the brand of a file that has no other, and the manufacturer beside one. Files of
            Shopify, WooCommerce, Magento and PrestaShop bring group, options, weight, stock, cost, what it cost
            before a sale, and the texts of its page.

            SKUs are compared without case. Of several rows with one SKU the last is applied and the others are
            counted as skipped; what its blank cells leave open is taken from the rows before it (not with
            `blank=clear`, and not from rows that are wrong). Prices are written `12.50`, `12,50`, `1,234.56`,
            `1.234,56`, `1'234.50`, `1 234,50`, `12,-`, `.50`, `€ 12,50` or `12,50 Euro`, with signs and words
            of the shop's own currency only, full-width ones too. Zeros at the end say nothing (`10.0000` is
            10). `1,234` can be read in two ways and is refused rather than guessed, except where the currency
            has no decimals (1234) or three (1.234); `0,500` and `1234,500` can be read in one way only. A
            number of a workbook or of JSON is never ambiguous; of a workbook a price is rounded only where its
            format shows all decimals of the currency. A fraction of a cent, a minus and words are refused.

            Rows of nothing but delimiters are no rows, and a row that names the columns once more is skipped.
            Cells missing at the end of a row are blank and empty ones too many are left out, with one warning
            for the file (`ragged=refuse` refuses such rows); something in a cell too many is an error. A blank
            cell leaves what is there (`blank=clear` empties it). What spreadsheets and programs have put around
            a value goes: an apostrophe in front of a number or a formula, `="…"` around a text, byte order
            marks and zero-width characters at the ends of SKUs, names and headers (said once). Line breaks,
            tabs and control characters in texts of one line become blanks, with a warning. Bar codes lose
            blanks, hyphens and `.0` and get back a zero that the check digit proves; `N/A`, `0` or `does not
            apply` is a blank cell; one that a spreadsheet has shortened (`4.00638E+12`) is warned of and never
            taken, and one with a wrong check digit is taken and warned of. The status may be said as yes or no,
            or in the words of shop programs (`publish`, `pending`, `private` …), in a dozen languages.

            Every encoding of the [WHATWG Encoding Standard](https://encoding.spec.whatwg.org/#names-and-labels)
            is read, by any of its labels (`encoding=windows-1250`, `latin2`, `sjis` …; Latin-1 is read as
            Windows-1252; what browsers refuse, such as ISO-2022-KR, is refused). Without a name UTF-8, UTF-16
            and Western text are known, others by the words of the file. Where that is only a guess the import
            waits (`waiting_reason` `encoding`) and the page shows some of the texts in each likely encoding, to
            choose the right one; a program answers with `POST /api/jobs/{id}/confirm?encoding=…`. With
            `review=0` the best guess is imported and a warning (`guessed_encoding`) says so; `bodega import`
            shows the texts and takes `--encoding NAME`. The job's member `found` says which encoding it was.
            Failing rows of such a file come in UTF-8.

            ## Products without a SKU

            `identify` says what identifies a product (a profile and the page *Columns* too, and `bodega import
            --identify`): `sku`; the name of a column, such as an EAN or a part number (several with commas
            between); or `handle`, which makes SKUs of the handle and the values of the options (`tee-m`) where
            a row has none of its own. They are made of these cells alone, so the same file makes the same SKUs
            again; where different products would get one SKU, their rows fail and say so
            (`ambiguous_identity`). Columns with the values of options are known by their names (`Option1
            Value`, `Optionswert 1` …); of a file that has none, rows with one handle that differ in anything
            but the description are different products, too: map `option` to the column that tells them apart.
            Where most products of a file of Shopify, WooCommerce (in a dozen languages), Wix or Etsy have no
            SKU, that is proposed, and the plan shows some of them, says in how many rows it was checked (the
            whole file, or as far as two seconds reach), and waits; with `review=0` the answer is 422 `no_skus`,
            which names the way.

            In these files a variant without a title has it, and description, brand and status, from the row of
            its handle that has one, with its options behind it (`Tee – M`): the nearest above, or the first
            below; the rows may lie apart. A variant of Wix without a price costs what its product costs, and
            its `surcharge`. Rows that only bring pictures, and Magento's rows for store views, are skipped.

            ## Say what columns mean

            A *mapping* says it: on the page *Columns* of an import that waits, with samples and what will be
            stored of them, guesses to look at (by name, then by content, each with its reason; a program gets
            none) and a check of as many rows as two seconds allow, or as the option `mapping`: `{"Art. no":
            "sku", "Farbe": "attribute:Colour", "Notes": null}`. For one column it also says what blank cells
            mean: `{"VK": {"field": "price", "blank": "default", "default": "0.00"}}`. A mapping is saved as a
            *profile* and used again for files with the same header. It may also say the delimiter, the quote
            and the encoding: they go before what would be found, and after what an upload says itself. Product
            files of Shopify, WooCommerce, Magento, Wix and Etsy need none. *Keep all other columns as
            attributes* is one click there.

            ## Correct what failed

            An import's page lists its problems kind by kind, those of most rows first, each with its first
            lines and its cure. *Correct* opens the rows as small forms with the wrong values marked: type what
            is right, in as many rows as you like, and save. Only rows that you changed are imported, with the
            import's own options, and they count in that import; what is still wrong comes back as you typed it.

            Or through a file: *Download the failing rows* (or `GET /api/jobs/{id}/errors.csv`, or `bodega
            errors JOB FILE`) gives exactly those rows, as they stood and in the file's own form, each behind
            its number (`bodega_row`) and what is wrong with it (`bodega_error`). A row over 1 MiB is only
            named. Correct them in any program, keep `bodega_row`, and bring the file back on the same page (or
            `POST /api/jobs/{id}/repair`). Rows that do not fail any more are ignored and counted; of a row that
            stands in the file twice the last counts.

            ## Import a file again

            *Import this file again* (or `POST /api/jobs/{id}/restart`) makes a new import of the file that is
            kept, with the same options; the old one stays as it was, with its books and its undo. The same file
            is always pointed out, also after an undo.

            ## Take an import back

            *Undo import* shows first how many products would be deleted, restored and kept. Kept are those that
            a user has edited since, with who and when. The undo is a job: it can be watched, it survives a
            `kill -9`, and it can be undone. When some were kept the import counts as *Partly undone*: once
            nothing stands in the way any more (the other import is undone, the SKU is free) undo it again. The
            same goes for a deletion of many products. One product goes back to an earlier version from the
            history on its page.

            ## Find and edit products

            The search on *Products* finds every word as the beginning of a word in SKU, name, brand,
            description, bar code and the values of custom attributes. If another user saved a product while you
            edited it, you see both versions and nothing is overwritten.

            Everything works by keyboard, without script, on a phone and on paper. `?` lists the shortcuts (`g
            p` products, `g i` imports, `n` new, `/` search) and turns them off where they are in the way. Times
            are in your own zone; the UTC time shows when you point at them.

            ## Sort products into categories

            *Categories* is the tree: each level opens by its arrow, the search shows the way down to what it
            finds. A category is moved by dragging it, by keys (`x` cuts; `b`, `a` and `i` put it before, after
            or into the category that you are on), or by *Choose a place in the tree* on its page, where it is
            also merged, deleted and restored. A move takes the whole branch along, in one transaction; nothing
            goes below itself, and siblings never share a slug. Whatever address a category had before leads to
            it. Deleting one asks what becomes of its products (they go to its parent, to another category or to
            none; no product is ever deleted) and of the categories below, and says how many of both. `bodega
            categories tree` prints the tree, `bodega categories check` proves it; so does a daily check, whose
            findings stand on `/health`.

            A product gets its category by its path, `Wine > Red wine > Douro`, on its page and in the column
            `category` of files, compared without case. A path that names no category leaves the product's own,
            with a warning; categories are not made by imports.

            ## Export

            *Export* on *Products* downloads the list with its filters, as CSV or as an Excel workbook (`.xlsx`:
            amounts are numbers, all else is text; at most 1,048,575 products, and a text of more than 32,767
            characters, which no cell may hold, is left out). From programs it is `GET /api/products.csv`
            (`bom=1`: with the mark by which spreadsheets know UTF-8), `.xlsx` or `.ndjson` with the filters and
            sort of `GET /api/products`, from the shell `bodega export products.xlsx` or

            ```sh
            bodega export - --filter status=active --sort sku --data /var/lib/bodega >products.csv
            ```

            Importing the CSV again changes nothing. A text that a spreadsheet would run as a formula (it begins
            with `=`, `+`, `-`, `@`, a tab or a line break) gets an apostrophe in front, and so does a part
            behind `;`, `|`, a tab or a line break, where a spreadsheet with another list separator begins a
            cell. The row's column `bodega_escaped` names the field (`name*` where parts are meant). An import
            of such a file takes the apostrophes away only where the row says so, so that a `'=1` of the
            catalogue stays what it is; of a file without that column they are another program's and go.

            Every file is sent as slowly as its reader takes it: a download arrives whole, however long that
            lasts, unless Bodega is stopped, or updated more than ten minutes before its end; an uploaded file
            then goes on by `Range`. A reader that takes nothing for a minute (`--download-timeout`) is dropped,
            and the log says who it was and how far it came. One user may download 8 files at a time
            (`--user-downloads`), all users 64 (`--downloads`): beyond that the answer is 429 or 503 with
            `Retry-After`.

            ## Have work done by itself

            *Schedules* has work done at certain times: maintenance (what is old is removed, the statistics of
            the database are refreshed, its file is checked) and the check of the books and of the audit trail.
            The time is written as for cron, in the time zone of your choice, and the page shows the next five
            runs before you save. A time that a change of the clocks leaves out comes at the change, one that
            comes twice is run once. Each time is run once, also through a `kill -9`. What was due while Bodega
            was stopped is run once, left out or made up for, as you say; and so is what is due while the run
            before is under way. From the shell: `bodega schedule list`, `bodega schedule run 'Nightly
            cleanup'`, `bodega schedule preview '30 6 * * MON-FRI' --time-zone Europe/Lisbon`.

            On *Jobs* tick jobs, or all that match the filters, to cancel, retry or delete them: the number is
            asked for first (`POST /api/jobs/bulk`). A job that can still be undone stays. A *lane* can be
            paused: no job of it begins until it is resumed. Finished jobs go after 400 days (*Settings*),
            maintenance after 90. From the shell: `bodega job list|cancel|retry`.
            """#
    )
}
