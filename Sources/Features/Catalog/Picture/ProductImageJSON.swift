import Pictures
import Support
import Web

extension ProductImage {
    /// The record as the API shows it.
    func json(of product: Product) -> JSON {
        .object(
            given.map { JSON.Member($0.name, $0.value) } + [
                JSON.Member("alt_text", .optional(image.altText)), JSON.Member("is_featured", .bool(image.isFeatured)),
                JSON.Member("is_active", .bool(image.isActive)), JSON.Member("product_version", .int(product.version)),
                JSON.Member("created_at", .string(createdAt.rfc3339)),
                JSON.Member("updated_at", .string(updatedAt.rfc3339)),
            ]
        )
    }

    /// What cannot be changed of it.
    private var given: [(name: String, value: JSON)] {
        let facts = picture.facts
        return [
            ("id", .int(id)), ("product_id", .int(productID)), ("filename", .optional(image.filename)),
            ("url", .optional(image.url)), ("file_hash", .string(picture.hash)), ("file_size", .int(picture.size)),
            ("format", .string(facts.format.rawValue)), ("width", .int(facts.width)), ("height", .int(facts.height)),
            ("perceptual_hash", .string(picture.perceptualHash)), ("sort_order", .int(position)),
            (
                "media",
                .object(
                    Picture.Rendition.sides.map { side in
                        JSON.Member("\(side)", .string(MediaPath.rendition(picture.hash, side: side)))
                    }
                )
            ),
        ]
    }

    /// The picture that a body wants, a JSON Merge Patch.
    ///
    /// Throws 422 with everything that is wrong with it.
    func changed(by body: JSON, of product: Product) throws(WebError) -> StoredImage {
        guard let members = body.members else {
            let detail = "A change is an object, like {\"alt_text\": \"The bottle from the front\"}."
            throw WebError.invalid([Problem("", "not_an_object", detail)])
        }
        var wanted = image
        var problems: [Problem] = []
        let present = json(of: product)
        for member in members {
            switch member.name {
            case "alt_text":
                let (text, problem) = Self.altText(member.value)
                wanted.altText = text
                if let problem { problems.append(problem) }
            case "is_featured", "is_active":
                guard let flag = member.value.boolValue else {
                    problems.append(Problem(member.name, "wrong_type", "'\(member.name)' is true or false."))
                    continue
                }
                if member.name == "is_active" { wanted.isActive = flag } else { wanted.isFeatured = flag }
            default:
                let name = member.name.shortened(to: 100)
                guard let shown = present[member.name] else {
                    problems.append(Problem(name, "unknown_field", "A picture has no member '\(name)'."))
                    continue
                }
                if member.value.isUnchanged(from: shown) { continue }
                let detail = "'\(name)' cannot be written here: leave it out, or send it as it is."
                problems.append(Problem(name, "read_only", detail))
            }
        }
        if wanted.isFeatured, !wanted.isActive, problems.isEmpty, image.isFeatured == false {
            let detail = "A picture that is not active cannot stand for the product."
            problems.append(Problem("is_featured", "contradiction", detail))
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        return wanted
    }

    /// Reads an alternative text: nil for null and for an empty one.
    static func altText(_ value: JSON) -> (text: String?, problem: Problem?) {
        if value.isNull { return (nil, nil) }
        guard let text = value.stringValue else {
            return (nil, Problem("alt_text", "wrong_type", "'alt_text' is a text."))
        }
        return altText(text)
    }

    static func altText(_ sent: String) -> (text: String?, problem: Problem?) {
        let text = sent.trimmed
        let length = text.unicodeScalars.count
        guard length <= StoredImage.mostAltText else {
            let detail = "The text has \(length) characters; at most \(StoredImage.mostAltText) are taken."
            return (nil, Problem("alt_text", "too_long", detail))
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            let detail = "The text holds control characters, such as line breaks: take them out."
            return (nil, Problem("alt_text", "control_character", detail))
        }
        return (text.isEmpty ? nil : text, nil)
    }
}

/// The order that a body wants: `{"ids": [3, 1, 2]}`.
struct ImageOrder {
    let ids: [Int64]

    /// Throws 422.
    init(_ body: JSON) throws(WebError) {
        guard let members = body.members else {
            throw WebError.invalid([Problem("", "not_an_object", "An order is an object, like {\"ids\": [3, 1, 2]}.")])
        }
        var problems = members.filter { $0.name != "ids" }.map { member in
            let name = member.name.shortened(to: 100)
            return Problem(name, "unknown_field", "There is no member '\(name)' here; there is 'ids'.")
        }
        let ids = body["ids"]?.arrayValue?.map(\.intValue)
        if ids == nil || ids?.contains(nil) == true {
            problems.append(Problem("ids", "wrong_type", "'ids' is a list of the numbers of pictures."))
        }
        guard problems.isEmpty, let ids else { throw WebError.invalid(problems) }
        self.ids = ids.compactMap(\.self)
    }

    /// Throws 422 `other_images` unless each picture is named once.
    func apply(to images: [StoredImage]) throws(WebError) -> [StoredImage] {
        let known = Dictionary(images.map { ($0.id ?? 0, $0) }) { first, _ in first }
        guard ids.count == images.count, Set(ids) == Set(known.keys) else {
            let there = images.map { String($0.id ?? 0) }.joined(separator: ", ")
            let detail = "Name each picture of the product once: \(there.isEmpty ? "it has none" : there)."
            throw WebError.invalid([Problem("ids", "other_images", detail)])
        }
        return ids.compactMap { known[$0] }
    }
}
