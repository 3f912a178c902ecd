import Web

/// Every address of the pages of webhooks, for routes and links alike.
enum WebhooksPath {
    static let list: PathPattern = "/webhooks"
    static let new: PathPattern = "/webhooks/new"
    static let webhook: PathPattern = "/webhooks/{id:int}"
    static let edit: PathPattern = "/webhooks/{id:int}/edit"
    static let delete: PathPattern = "/webhooks/{id:int}/delete"
    static let rotate: PathPattern = "/webhooks/{id:int}/rotate-secret"
    static let test: PathPattern = "/webhooks/{id:int}/test"
    static let replay: PathPattern = "/webhooks/{id:int}/replay"
    static let delivery: PathPattern = "/webhooks/{id:int}/deliveries/{delivery:int}"
    static let redeliver: PathPattern = "/webhooks/{id:int}/deliveries/{delivery:int}/redeliver"
}
