import Pictures
import Support
import Web

/// What the API says when a picture cannot be taken or found; the codes with their words.
enum ImageRefusal {
    static let missing = WebError(404, "not_found", "The product has no such picture.")

    static let tooMany = WebError(
        409,
        "too_many_images",
        "The product has \(StoredImage.most) pictures already: remove one that is not needed."
    )

    static func taken(_ existingID: Int64?) -> WebError {
        let detail = "The product has this very picture already."
        return WebError(
            409,
            "image_taken",
            detail,
            problems: [Problem("", "image_taken", detail)],
            members: [JSON.Member("existing_id", .optional(existingID))]
        )
    }

    /// A file that is no picture, or too much of one.
    static func refused(_ fault: PictureFault) -> WebError {
        let status =
            switch fault.code {
            case PictureFault.tooLong.code: 413
            case PictureFault.notAPicture.code: 415
            default: 422
            }
        return WebError(status, fault.code, fault.description, problems: [Problem("", fault.code, fault.description)])
    }

    /// Runs a change and turns its refusals into answers.
    static func answered<T>(_ change: () throws -> T) throws -> T {
        do {
            return try change()
        } catch let fault as PictureFault {
            throw refused(fault)
        } catch let refusal as ProductStore.Refusal {
            throw ProductRefusal.error(refusal)
        }
    }
}
