import AdminKit
import AdminKitTestSupport
import Catalog
import ImportEngine
import ImportKit
import Jobs
import Markup
import Support
import Testing
import Web

private let noon = Timestamp(milliseconds: 1_795_262_400_000)

@Suite struct ImportViewTests {
    private func model(_ state: JobState, stage: String? = nil, progress: Int = 0) -> ImportModel {
        var model = ImportModel(
            id: "01938f2e-7a3c-7b1d-9c55-3f1c9a7be2d0",
            filename: "spring-2027.csv",
            state: state,
            stage: stage,
            progress: progress,
            createdAt: noon,
            options: ImportOptions(target: .products)
        )
        model.fileSize = 246_113_900
        model.userName = "Ana Ribera"
        model.startedAt = state == .pending ? nil : noon.adding(seconds: 1)
        model.usedColumns = [
            ImportColumn(source: "WineID", field: "sku"), ImportColumn(source: "WineName", field: "name"),
            ImportColumn(source: "price", field: "price"),
        ]
        model.ignoredColumns = ["Type", "Elaborate", "Grapes"]
        return model
    }

    private func running() -> ImportModel {
        var model = model(.processing, stage: "importing", progress: 41)
        model.counts = ImportCounts(
            total: 1_000_000,
            processed: 412_000,
            created: 380_120,
            updated: 21_400,
            unchanged: 9_999,
            skipped: 469,
            failed: 12
        )
        model.rowsPerSecond = 84_200
        model.etaSeconds = 7
        model.workerIsAlive = true
        model.canCancel = true
        model.cursor = "c41"
        model.problems = problems
        return model
    }

    private var problems: ImportProblems {
        func error(_ line: Int64, _ column: String?, _ value: String?, _ code: String) -> RowError {
            RowError(
                row: line - 1,
                line: line,
                byteOffset: 0,
                byteLength: 0,
                column: column,
                code: code,
                message: "",
                value: value
            )
        }
        let all: [(Int64, [RowError])] = [
            (8, [error(14, "price", "1,234", "ambiguous_price"), error(31, "price", "2,345", "ambiguous_price")]),
            (4, [error(902, "WineID", nil, "no_sku")]), (1, [error(1_204, nil, "Rioja \"Reserva", "unclosed_quote")]),
        ]
        let groups = all.map { rows, errors in
            RowErrorGroup(
                code: errors[0].code,
                column: errors[0].column,
                rows: rows,
                first: errors[0].row,
                examples: errors
            )
        }
        let list = ListState(path: "/imports/x/rows", query: Fields(), defaultSort: "row")
        var problems = ImportProblems(groups: groups, rows: list, failed: 12)
        problems.filePath = "/api/jobs/x/errors.csv"
        problems.canCorrect = true
        return problems
    }

    private func page(_ model: ImportModel) -> HTML {
        let page = ImportView.html(model, in: .mock(path: "/imports/x"))
        #expect(faults(in: page) == [])
        return page
    }

    @Test func aRunningImportSaysEverything() {
        let page = page(running())
        for part in [
            "<progress max=\"100\" value=\"41\"", "84,200 rows/s", "about 7 s left", "412,000", "1,000,000", "380,120",
            "<li aria-current=\"step\" class=\"tone-info\">", "Cancel import", "<strong>8 rows:</strong>",
            "Write 1234 or 1234.00", "line 14 <span class=\"code\">1,234</span>", "and 6 more",
            "href=\"/imports/x/rows?problem=ambiguous_price&amp;column=price\"", "Correct 12 rows here",
            "data-stream=\"/api/jobs/01938f2e-7a3c-7b1d-9c55-3f1c9a7be2d0/events\" data-cursor=\"c41\"",
            "data-worker=\"true\" data-attempt=\"1\" data-waiting=\"\" data-failed=\"12\"",
            "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>",
            "Type</span>, <span class=\"code\">Elaborate",
        ] {
            #expect(page.text.contains(part), "\(part)")
        }
        #expect(!page.text.contains("do not add up"))
        render("import-running", page)
    }

    @Test func booksThatDoNotBalanceAreSaid() {
        var model = running()
        model.counts.created += 1
        #expect(page(model).text.contains("The counts do not add up."))
        model.counts.created = .max
        #expect(page(model).text.contains("The counts do not add up."), "and a sum beyond Int64 is no sum")
    }

    @Test func aDeadWorkerIsSaidAtOnceAndSoIsItsSuccessor() {
        var model = running()
        model.workerIsAlive = false
        let dead = page(model)
        #expect(dead.text.contains("The import process has stopped unexpectedly."))
        #expect(dead.text.contains("goes on after 412,000 rows"))
        render("import-worker-lost", dead)
        model.workerIsAlive = true
        model.takeovers = 2
        model.resumedAfter = 410_000
        let resumed = page(model)
        #expect(resumed.text.contains("Resumed after 410,000 rows."))
        #expect(resumed.text.contains("<dt>Went on in another process</dt><dd>2 times</dd>"))
        // One that was confirmed has begun twice as well, and nothing has stopped.
        (model.attempt, model.takeovers, model.resumedAfter) = (3, 0, nil)
        #expect(!page(model).text.contains("Resumed"))
        render("import-resumed", resumed)
    }

    @Test func everyStateHasItsWords() {
        var waiting = model(.pending)
        #expect(page(waiting).text.contains("It starts as soon as a worker is free"))
        waiting.waitingReason = "disk_full"
        let full = page(waiting)
        #expect(full.text.contains("Waiting for disk space."))
        #expect(full.text.contains(">Waiting</span>"))
        render("import-waiting", full)

        #expect(page(model(.validating, stage: "counting")).text.contains(">Checking</span>"))
        #expect(page(model(.awaitingConfirmation)).text.contains("Needs review"))

        var done = model(.completed, stage: "done", progress: 100)
        // Somebody has looked at the plan for days.
        done.completedAt = noon.adding(seconds: 400_000)
        done.workingMilliseconds = 200_000
        done.counts = ImportCounts(total: 98_412, processed: 98_412, created: 98_412)
        let clean = page(done)
        #expect(clean.text.contains("98,412 rows imported in 3 min 20 s."))
        #expect(!clean.text.contains("data-stream"), "nothing more will happen")
        #expect(!clean.text.contains("http-equiv=\"refresh\""))
        render("import-completed", clean)
        done.counts = ImportCounts(total: 98_412, processed: 98_412, created: 98_400, failed: 12)
        done.problems = problems
        let failures = page(done)
        #expect(failures.text.contains("12 rows of them not imported."))
        #expect(failures.text.contains("badge tone-warning") && failures.text.contains("</svg>Completed, 12 failed"))
        render("import-completed-failures", failures)

        var failed = model(.failed, stage: "importing", progress: 12)
        failed.errorMessage = "The spool file could not be read."
        failed.counts = ImportCounts(total: 1000, processed: 120, created: 120)
        failed.canRetry = true
        let broken = page(failed)
        #expect(broken.text.contains("The spool file could not be read."))
        #expect(broken.text.contains("What its first 120 rows have changed stays in the catalogue."))
        #expect(broken.text.contains("action=\"/imports/01938f2e-7a3c-7b1d-9c55-3f1c9a7be2d0/retry\""))
        render("import-failed", broken)

        let cancelled = page(model(.cancelled, stage: "importing"))
        #expect(cancelled.text.contains("The catalogue was not changed."))
    }

    /// What the page says of an end must be true of its books.
    @Test func theEndIsTrue() {
        func end(_ state: JobState, _ counts: ImportCounts, _ change: (inout ImportModel) -> Void = { _ in }) -> String
        {
            var model = model(state, stage: "done", progress: 100)
            model.counts = counts
            change(&model)
            return page(model).text
        }
        let held = end(.completed, ImportCounts(total: 399, processed: 399, updated: 398, skipped: 1)) {
            $0.heldBack = 1
        }
        #expect(held.contains("<strong>398 products updated.</strong> 1 left as it is because it was edited after"))
        #expect(held.contains("banner tone-warning") && held.contains("/plan?state=held_back\">See which</a>"))
        let none = end(.completed, ImportCounts(total: 64, processed: 64, failed: 64))
        #expect(none.contains("banner tone-danger") && none.contains("No row was imported."))
        #expect(none.contains("badge tone-danger") && none.contains("</svg>Failed, all 64 rows"))
        #expect(none.contains("The catalogue was not changed."))
        let same = end(.completed, ImportCounts(total: 3, processed: 3, unchanged: 3))
        #expect(same.contains("No product had to be changed.") && !same.contains("See the products"))
        // Rows were looked at, and none was imported: the run was to stop at any error.
        let stopped = end(.failed, ImportCounts(total: 900, processed: 3, failed: 3))
        #expect(stopped.contains("The catalogue was not changed.") && !stopped.contains("stays in the catalogue"))
        let earlier = end(.failed, ImportCounts()) { $0.changedMore = true }
        #expect(!earlier.contains("The catalogue was not changed."))
        let undone = end(.cancelled, ImportCounts(total: 9, processed: 3, created: 3)) { $0.control.undone = .yes("u") }
        #expect(undone.contains("</svg>Undone") && !undone.contains("not changed") && !undone.contains("stays in"))
        let half = end(.completed, ImportCounts(total: 9, processed: 9, created: 9)) {
            $0.control.undone = .stopped("u")
        }
        #expect(half.contains("</svg>Partly undone"))
        let redone = end(.completed, ImportCounts(total: 9, processed: 9, created: 9)) {
            $0.control.undone = .redone("u")
        }
        #expect(redone.contains("</svg>Completed"))
    }

    @Test func skippedRowsAreExplainedByTheOptions() {
        var model = running()
        #expect(page(model).text.contains("a later row of the file has the same SKU"))
        model.options.mode = .create
        model.options.duplicates = .first
        #expect(page(model).text.contains("the product exists already, or an earlier row"))
    }

    @Test func escapesEverything() {
        var model = running()
        model.id = hostile("id")
        model.filename = hostile("file")
        model.stage = hostile("stage")
        model.waitingReason = hostile("waiting")
        model.userName = hostile("user")
        model.usedColumns = [ImportColumn(source: hostile("source"), field: hostile("field"))]
        model.ignoredColumns = [hostile("ignored")]
        model.cursor = hostile("cursor")
        model.problems?.groups[0].code = hostile("code")
        model.problems?.groups[0].column = hostile("column")
        model.problems?.groups[0].examples[0].value = hostile("value")
        model.problems?.filePath = hostile("path")
        let live = page(model)
        let names = [
            "id", "file", "stage", "waiting", "user", "source", "field", "ignored", "cursor", "column", "value", "code",
            "path",
        ]
        #expect(missing(names, in: live) == [])
        model.state = .failed
        model.errorMessage = hostile("error")
        #expect(missing(["error"], in: page(model)) == [])
        model.state = .pending
        #expect(missing(["waiting"], in: page(model)) == [])
    }
}

@Suite struct ImportListViewTests {
    private func model(_ imports: [ImportHistoryRow]) -> ImportListModel {
        ImportListModel(
            targets: ImportTargets(.products),
            imports: imports,
            pagination: Pagination(
                count: imports.count,
                total: .exactly(imports.count),
                noun: Noun("import", "imports")
            ),
            canImport: true,
            maxBytes: 4_000_000_000
        )
    }

    private func summary(_ title: String, _ state: JobState) -> ImportHistoryRow {
        var row = ImportHistoryRow(id: "x", filename: title, state: state, createdAt: noon)
        row.progress = 41
        row.counts = ImportCounts(
            total: 1_000_000,
            processed: 412_000,
            created: 400_000,
            updated: 11_988,
            failed: 12
        )
        row.userName = "Ana Ribera"
        row.workingMilliseconds = state.isLive ? nil : 90_000
        row.keepsFile = true
        row.undone = state == .completed ? .yes("undo") : .no
        row.created = "/products?job=x&change=created"
        row.updated = "/products?job=x&change=updated"
        return row
    }

    @Test func theHistoryLinksTheVeryProducts() {
        let page = ImportListView.html(model([summary("a.csv", .completed)]), in: .mock(path: "/imports")).text
        #expect(page.contains("href=\"/products?job=x&amp;change=created\""))
        #expect(page.contains("href=\"/products?job=x&amp;change=updated\""))
        #expect(page.contains("href=\"/imports/x#problems-title\""))
        #expect(page.contains("href=\"/api/jobs/x/file\" download"))
        #expect(page.contains("href=\"/jobs/undo\">See the undo") && page.contains("</svg>Undone"))
        #expect(page.contains("4,577 rows/s"))
    }

    @Test func takesFilesWithoutScript() {
        let page = ImportListView.html(model([]), in: .mock(path: "/imports"))
        #expect(faults(in: page) == [])
        #expect(page.text.contains("method=\"post\" action=\"/imports\" enctype=\"multipart/form-data\""))
        #expect(page.text.contains("type=\"file\" id=\"field-file\" name=\"file\""))
        #expect(page.text.contains("<select class=\"input short\" id=\"field-mode\" name=\"mode\">"))
        #expect(page.text.contains("No imports yet"))
        render("imports-empty", page)
        render(
            "imports",
            ImportListView.html(
                model([summary("spring-2027.csv", .processing), summary("autumn.csv", .completed)]),
                in: .mock(path: "/imports")
            )
        )
    }

    @Test func aRefusedUploadSaysWhy() {
        var model = model([summary(hostile("title"), .completed)])
        model.error = hostile("error")
        let page = ImportListView.html(model, in: .mock(path: "/imports"))
        #expect(faults(in: page) == [])
        #expect(missing(["title", "error"], in: page) == [])
        #expect(page.text.contains("<a href=\"#field-file\">"))
        model.error = "The file has no SKU column. Its columns are: WineID, WineName, Type."
        model.imports = [summary("autumn.csv", .completed)]
        render("imports-refused", ImportListView.html(model, in: .mock(path: "/imports")))
    }

    @Test func whoMayNotImportSeesNoForm() {
        var model = model([])
        model.canImport = false
        #expect(!ImportListView.html(model, in: .mock(path: "/imports")).text.contains("type=\"file\""))
    }
}

@Suite struct ImportMessageTests {
    @Test func everyCodeOfTheContractHasTextAndCure() {
        let codes = [
            "record_too_long", "unclosed_quote", "bad_quote", "ragged_row", "no_sku", "bad_sku", "no_name", "bad_price",
            "duplicate_sku", "no_identity", "ambiguous_identity",
            "ambiguous_price", "bad_status", "bad_boolean", "too_long", "not_utf8", "control_character",
            "bad_attributes", "too_many_attributes", "attributes_too_long", "scientific_identifier", "stripped_zeros",
            "bad_check_digit", "invisible_characters",
            "mixed_decimal_marks", "new_brand", "guessed_encoding", "missing_cells", "surplus_cells", "missing_unknown",
            "no_value", "error_value", "imprecise_number", "bad_json", "file_changed", "different_names", "no_unit",
            "word_for_count",
            "seo_handle_taken", "bad_seo_handle", "unknown_category", "bad_email", "bad_country", "bad_language",
            "bad_phone",
            "optout_reversed",
        ]
        #expect(Set(ImportMessage.all.keys) == Set(codes))
        for message in ImportMessage.all.values {
            #expect(message.text.hasSuffix("."))
            #expect(!message.cure.isEmpty)
        }
        #expect(ImportMessage(code: "new_code").text.contains("new_code"))
    }
}
