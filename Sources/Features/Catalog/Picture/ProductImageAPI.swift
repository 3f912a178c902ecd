import AdminKit
import Database
import Identity
import ImportKit
import Pictures
import RecordKit
import Support
import Web

/// `/api/products/{id}/images`: the pictures of one product. Changing them is a change of the product: its version goes
/// on, and `If-Match` takes its ETag.
enum ProductImageAPI {
    private static let list: PathPattern = "/api/products/{id:int}/images"
    private static let one: PathPattern = "/api/products/{id:int}/images/{image:int}"
    private static let order: PathPattern = "/api/products/{id:int}/images/order"

    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            list,
            access: .permission(.readProducts),
            Operation(
                "The pictures of a product in their order",
                parameters: Operation.Parameter.paging,
                responses: [200: [.json("ProductImageList")]]
            ),
            handler: all
        ),
        AppRoute(
            .post,
            list,
            access: .permission(.writeProducts),
            pool: .upload,
            Operation(
                "Gives a product a picture: multipart with one part `file`, or the file as body",
                parameters: [filename],
                request: [.init("multipart/form-data", "ImageUpload"), .init("application/octet-stream", "File")],
                responses: [201: [.json("ProductImage")], 409: [.problem], 412: [.problem]],
                headers: [.location]
            ),
            handler: add
        ),
        AppRoute(
            .get,
            one,
            access: .permission(.readProducts),
            Operation("One picture of a product", responses: [200: [.json("ProductImage")]]),
            handler: show
        ),
        AppRoute(
            .patch,
            one,
            access: .permission(.writeProducts),
            Operation(
                "Changes what is said of a picture, or makes it the featured one",
                request: Request.mergePatchTypes.map { .init($0, "ProductImageChange") },
                responses: [200: [.json("ProductImage")], 412: [.problem]]
            ),
            handler: change
        ),
        AppRoute(
            .delete,
            one,
            access: .permission(.writeProducts),
            Operation("Takes a picture from a product", responses: [204: [], 412: [.problem]]),
            handler: delete
        ),
        AppRoute(
            .put,
            order,
            access: .permission(.writeProducts),
            Operation(
                "Puts the pictures of a product in another order",
                request: [.json("ProductImageOrder")],
                responses: [200: [.json("ProductImageList")], 412: [.problem]]
            ),
            handler: reorder
        ),
    ]

    private static let rules = ListRules(sorts: ["sort_order"], defaultSort: ListSort("sort_order"), filters: [])

    private static let filename = Operation.Parameter(
        "X-Filename",
        .text(length: 0...UploadName.mostInHeader, pattern: "^([A-Za-z0-9._~-]|%[0-7][0-9A-Fa-f])*$"),
        "the name of a file that comes as body, percent-encoded UTF-8",
        in: .header,
        example: "front%20view.jpg"
    )

    // MARK: Reading

    @Sendable static func all(_ context: RequestContext) throws -> Response {
        let product = try ProductPages.find(context)
        let query = try ListQuery(context.request, rules)
        return try query.slice(try ProductImageStore(context.database).all(product.id)) { $0.json(of: product) }
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let product = try ProductPages.find(context)
        try context.request.checkParameters([])
        return .json(try find(context, of: product).json(of: product))
    }

    /// The picture that the path names. Throws 404.
    private static func find(_ context: RequestContext, of product: Product) throws -> ProductImage {
        let id = try context.parameters.int("image")
        guard let image = try ProductImageStore(context.database).all(product.id).first(where: { $0.id == id }) else {
            throw ImageRefusal.missing
        }
        return image
    }

    // MARK: Writing

    @Sendable static func add(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try ProductPages.find(context)
        let upload = try ImageUpload(context)
        try request.checkParameters([])
        guard let file = upload.files.first, upload.files.count == 1 else {
            throw WebError.badRequest("one_file", "Send one file a request; this one has \(upload.files.count).")
        }
        let (altText, problem) = ProductImage.altText(upload.altText ?? "")
        if let problem { throw WebError.invalid([problem]) }
        let arrival = ProductImages.Arrival(bytes: try file.bytes(), filename: file.filename, altText: altText)
        let (product, hash) = try ImageRefusal.answered {
            try images(context, of: found).add(arrival) { try request.requireMatch($0.entityTag) }
        }
        let stored = try ProductImageStore(context.database).all(product.id).first { $0.picture.hash == hash }
        guard let stored else { throw ImageRefusal.missing }
        return .json(stored.json(of: product), status: 201).with("Location", one(product.id, stored.id).description)
    }

    @Sendable static func change(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try ProductPages.find(context)
        let image = try find(context, of: found)
        let body = try request.json(types: Request.mergePatchTypes)
        try request.checkParameters([])
        // What is wrong is said before anybody has to wait.
        _ = try image.changed(by: body, of: found)
        let product = try ImageRefusal.answered {
            try images(context, of: found).change { current, present in
                try request.requireMatch(current.entityTag)
                // Somebody may have changed another member of it meanwhile.
                let latest = try find(context, of: current)
                let wanted = try latest.changed(by: body, of: current)
                return present.map { other in
                    if other.id == latest.id { return wanted }
                    var other = other
                    // Only one stands for the product.
                    if wanted.isFeatured, !latest.image.isFeatured { other.isFeatured = false }
                    return other
                }
            }
        }
        return .json(try find(context, of: product).json(of: product))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try ProductPages.find(context)
        let id = try find(context, of: found).id
        try request.checkParameters([])
        _ = try ImageRefusal.answered {
            try images(context, of: found).change { current, present in
                try request.requireMatch(current.entityTag)
                return present.filter { $0.id != id }
            }
        }
        return .noContent
    }

    @Sendable static func reorder(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try ProductPages.find(context)
        let body = try request.json()
        try request.checkParameters([])
        let order = try ImageOrder(body)
        let product = try ImageRefusal.answered {
            try images(context, of: found).change { current, present in
                try request.requireMatch(current.entityTag)
                return try order.apply(to: present)
            }
        }
        let stored = try ProductImageStore(context.database).all(product.id)
        return .json(ListQuery.body(items: stored.map { $0.json(of: product) }, next: nil))
    }

    static func images(_ context: RequestContext, of product: Product) throws -> ProductImages {
        let library = try context.setting(PictureLibrary.self)
        return ProductImages(context.database, library, try context.writeContext, of: product.id)
    }
}
