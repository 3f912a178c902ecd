import AdminKit
import AdminKitTestSupport
import Catalog
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
            createdAt: noon
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
        let rows: [(Int64, Int64, String?, String?, String)] = [
            (14, 13, "price", "1,234", "ambiguous_price"), (15, 14, "price", "12,99 USD", "bad_price"),
            (902, 901, "WineID", nil, "no_sku"), (1_204, 1_200, nil, "Rioja \"Reserva", "unclosed_quote"),
        ]
        return ImportProblems(
            shown: rows.map { ImportProblem(line: $0.0, row: $0.1, column: $0.2, value: $0.3, code: $0.4) },
            byCode: [
                ImportProblemCount(code: "ambiguous_price", count: 8), ImportProblemCount(code: "no_sku", count: 4),
            ],
            pagination: Pagination(count: 4, total: .exactly(12), noun: Noun("problem", "problems"), next: "?cursor=x"),
            filePath: "/api/jobs/x/errors.csv"
        )
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
            "<li aria-current=\"step\" class=\"tone-info\">", "Cancel import", "ambiguous_price",
            "Write 1234 or 1234.00",
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
        #expect(dead.text.contains("goes on after row 412,000"))
        render("import-worker-lost", dead)
        model.workerIsAlive = true
        model.attempt = 2
        model.resumedAfterRow = 410_000
        let resumed = page(model)
        #expect(resumed.text.contains("Resumed after row 410,000."))
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
        done.completedAt = noon.adding(seconds: 201)
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
        render("import-completed-failures", failures)

        var failed = model(.failed, stage: "importing", progress: 12)
        failed.errorMessage = "The spool file could not be read."
        failed.counts = ImportCounts(total: 1000, processed: 120, created: 120)
        failed.canRetry = true
        let broken = page(failed)
        #expect(broken.text.contains("The spool file could not be read."))
        #expect(broken.text.contains("up to row 120 stays in the catalogue"))
        #expect(broken.text.contains("action=\"/imports/01938f2e-7a3c-7b1d-9c55-3f1c9a7be2d0/retry\""))
        render("import-failed", broken)

        let cancelled = page(model(.cancelled, stage: "importing"))
        #expect(cancelled.text.contains("The catalogue was not changed."))
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
        model.problems?.shown = [
            ImportProblem(line: 1, row: 1, column: hostile("column"), value: hostile("value"), code: hostile("code"))
        ]
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
        row.startedAt = noon
        row.completedAt = state.isLive ? nil : noon.adding(seconds: 90)
        row.keepsFile = true
        row.undone = state == .completed ? .yes("undo") : .no
        return row
    }

    @Test func theHistoryLinksTheVeryProducts() {
        let page = ImportListView.html(model([summary("a.csv", .completed)]), in: .mock(path: "/imports")).text
        #expect(page.contains("href=\"/products?job=x&amp;change=created\""))
        #expect(page.contains("href=\"/products?job=x&amp;change=updated\""))
        #expect(page.contains("href=\"/imports/x#problems-title\""))
        #expect(page.contains("href=\"/api/jobs/x/file\" download"))
        #expect(page.contains("href=\"/jobs/undo\">Undone"))
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
            "duplicate_sku",
            "ambiguous_price", "bad_status", "bad_boolean", "too_long", "not_utf8", "control_character",
            "bad_attributes", "too_many_attributes", "attributes_too_long", "scientific_identifier", "stripped_zeros",
            "bad_check_digit",
            "mixed_decimal_marks", "new_brand",
        ]
        #expect(Set(ImportMessage.all.keys) == Set(codes))
        for message in ImportMessage.all.values {
            #expect(message.text.hasSuffix("."))
            #expect(!message.cure.isEmpty)
        }
        #expect(ImportMessage(code: "new_code").text.contains("new_code"))
    }
}
