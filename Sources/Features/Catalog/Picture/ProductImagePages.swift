import AdminKit
import Database
import Identity
import Markup
import Pictures
import Support
import Web

/// The pictures on the page of a product.
enum ProductImagePages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            CatalogPath.productImages,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            pool: .upload,
            .form("Gives a product pictures"),
            handler: upload
        ),
        AppRoute(
            .post,
            CatalogPath.saveProductImages,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .form("Changes the pictures of a product"),
            handler: save
        ),
    ]

    /// What the page of a product shows of them.
    static func section(_ product: Product, _ context: RequestContext) throws -> ImageSection {
        ImageForm(product, try ProductImageStore(context.database).all(product.id)).section()
    }

    // MARK: Uploads

    /// Seconds that the files of one form may take together: others send files too, and wait for this one.
    private static let patience: UInt64 = 120

    @Sendable static func upload(_ context: RequestContext) throws -> Response {
        let product = try ProductPages.find(context)
        let sent = try ImageUpload(context)
        try context.request.checkParameters([])
        let images = try ProductImageAPI.images(context, of: product)
        var refused: [Problem] = []
        let end = monotonicNanoseconds() + patience * 1_000_000_000
        for file in sent.files {
            guard monotonicNanoseconds() < end else {
                let detail = "\(file.filename ?? "A file"): there was no time left for it. Send it again."
                refused.append(Problem("file", "no_time_left", detail))
                continue
            }
            do {
                let arrival = ProductImages.Arrival(bytes: try file.bytes(), filename: file.filename)
                _ = try ImageRefusal.answered { try images.add(arrival) }
            } catch let error as WebError where [409, 413, 415, 422].contains(error.status) {
                // Those before it and behind it are taken all the same.
                refused.append(Problem("file", error.code ?? "", "\(file.filename ?? "A file"): \(error.detail)"))
            }
        }
        guard !refused.isEmpty else { return .seeOther("\(CatalogPath.product(product.id))?done=pictures#pictures") }
        let present = try ProductPages.find(context)
        let html = try ProductPages.page(present, context) { $0.images?.refused = refused }
        return .page(html, status: 422)
    }

    // MARK: Changes

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let product = try ProductPages.find(context)
        let sent = try context.request.form()
        try context.request.checkParameters([])
        guard let seen = sent["version"].flatMap({ Int64($0) }) else {
            throw WebError.badRequest("no_version", "The form does not say which version it was made from.")
        }
        let form = ImageForm(product, try ProductImageStore(context.database).all(product.id))
        let (wanted, problems) = form.read(sent)
        guard problems.isEmpty, seen == product.version else {
            return try refused(product, form, sent, problems, context)
        }
        do {
            let images = try ProductImageAPI.images(context, of: product)
            _ = try ImageRefusal.answered {
                try images.change { current, _ in
                    try ProductPages.requireVersion(seen, of: current)
                    return wanted
                }
            }
            return .seeOther("\(CatalogPath.product(product.id))?done=saved#pictures")
        } catch let stale as ProductPages.StaleForm {
            let images = try ProductImageStore(context.database).all(product.id)
            return try refused(stale.product, ImageForm(stale.product, images), sent, [], context)
        }
    }

    /// The page with what was typed: with the problems at their controls or, where there are none, with the word that
    /// the product was changed meanwhile.
    private static func refused(
        _ product: Product,
        _ form: ImageForm,
        _ sent: Fields,
        _ problems: [Problem],
        _ context: RequestContext
    ) throws -> Response {
        var section = form.section(sent, problems)
        section.isStale = problems.isEmpty
        let html = try ProductPages.page(product, context) { $0.images = section }
        return .page(html, status: problems.isEmpty ? 409 : 422)
    }
}

/// The controls of a product's pictures, and what is typed into them.
struct ImageForm {
    private let product: Product
    private let images: [ProductImage]

    init(_ product: Product, _ images: [ProductImage]) {
        self.product = product
        self.images = images
    }

    /// As they are, or as they were typed.
    func section(_ sent: Fields? = nil, _ problems: [Problem] = []) -> ImageSection {
        let entries = images.map { image in
            let id = image.id
            func error(_ name: String) -> String? { problems.first { $0.field == name }?.detail }
            return ImageSection.Entry(
                image: image,
                alternative: image.alternative(product.name),
                altText: FormField(
                    "alt.\(id)",
                    "What is to be seen",
                    value: sent?["alt.\(id)"] ?? image.image.altText ?? "",
                    error: error("alt.\(id)"),
                    maxLength: StoredImage.mostAltText
                ),
                order: FormField(
                    "order.\(id)",
                    "Place",
                    .wholeNumber,
                    value: sent?["order.\(id)"] ?? String(image.position + 1),
                    error: error("order.\(id)"),
                    isRequired: true
                ),
                isFeatured: sent.map { $0["featured"] == String(id) } ?? image.image.isFeatured,
                isActive: FormField(
                    "active.\(id)",
                    "Show it to customers",
                    .checkbox,
                    value: sent.map { $0["active.\(id)"] ?? "" } ?? (image.image.isActive ? "1" : "")
                ),
                isRemoved: FormField("remove.\(id)", "Remove it", .checkbox, value: sent?["remove.\(id)"] ?? "")
            )
        }
        return ImageSection(productID: product.id, version: product.version, entries: entries)
    }

    /// The pictures that were typed, in their order; those of one place stay in the order that they had.
    func read(_ sent: Fields) -> ([StoredImage], [Problem]) {
        var problems: [Problem] = []
        var placed: [(place: Int, image: StoredImage)] = []
        for image in images where sent["remove.\(image.id)"] != "1" {
            var wanted = image.image
            let (text, problem) = ProductImage.altText(sent["alt.\(image.id)"] ?? wanted.altText ?? "")
            wanted.altText = text
            if let problem { problems.append(Problem("alt.\(image.id)", problem.code, problem.detail)) }
            wanted.isActive = sent["active.\(image.id)"] == "1"
            wanted.isFeatured = sent["featured"] == String(image.id)
            let typed = (sent["order.\(image.id)"] ?? String(image.position + 1)).trimmed
            guard let place = Int(typed), (1...StoredImage.most).contains(place) else {
                let detail = "The place is a whole number from 1 to \(StoredImage.most)."
                problems.append(Problem("order.\(image.id)", "bad_number", detail))
                continue
            }
            placed.append((place, wanted))
        }
        let sorted = placed.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
        return (sorted.map(\.element.image), problems)
    }
}
