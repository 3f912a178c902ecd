extension Route {
    /// How one kind of record is read and changed, for `record`.
    public struct RecordHandlers: Sendable {
        var show: Handler
        var merge: Handler
        var replace: Handler
        var delete: Handler?

        /// - Parameter delete: nil when records of this kind stay.
        public init(
            show: @escaping Handler,
            merge: @escaping Handler,
            replace: @escaping Handler,
            delete: Handler? = nil
        ) {
            self.show = show
            self.merge = merge
            self.replace = replace
            self.delete = delete
        }
    }

    /// The routes of one record with a version: GET, PATCH (merge patch), PUT and, where it can go, DELETE.
    /// - Parameters:
    ///   - noun: as the document's texts call it, e.g. `product`.
    ///   - schema: its schema, e.g. `Product`; `ProductChange` and `ProductReplacement` are those of the bodies.
    public static func record(
        _ path: PathPattern,
        _ noun: String,
        schema: String,
        read: Permission,
        write: Permission,
        _ handlers: RecordHandlers
    ) -> [Route] {
        let answers: [Int: [Operation.Content]] = [200: [.json(schema)], 409: [.problem]]
        var routes = [
            Route(
                .get,
                path,
                access: .permission(read),
                Operation("One \(noun)", responses: [200: [.json(schema)]], headers: [.etag]),
                handler: handlers.show
            ),
            Route(
                .patch,
                path,
                access: .permission(write),
                Operation(
                    "Changes the members that are sent",
                    request: Request.mergePatchTypes.map { .init($0, "\(schema)Change") },
                    responses: answers,
                    headers: [.etag]
                ),
                handler: handlers.merge
            ),
            Route(
                .put,
                path,
                access: .permission(write),
                Operation(
                    "Replaces all writable members",
                    request: [.json("\(schema)Replacement")],
                    responses: answers,
                    headers: [.etag]
                ),
                handler: handlers.replace
            ),
        ]
        if let delete = handlers.delete {
            routes.append(
                Route(
                    .delete,
                    path,
                    access: .permission(write),
                    Operation("Removes a \(noun)", responses: [204: [], 412: [.problem]]),
                    handler: delete
                )
            )
        }
        return routes
    }
}
