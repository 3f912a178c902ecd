/// Who may call what: for each route the roles, and the scopes of which a token needs one (or both: `a+b`). Written by
/// hand on purpose: whoever opens or closes an address shows it here.
enum AccessTable {
    static let lines = text.split(separator: "\n").map(String.init)

    /// Which uses of a job the routes are that name one.
    static let jobRoutes = parsed(
        """
        GET /jobs/{id}: inspect
        POST /jobs/{id}/cancel: act
        POST /jobs/{id}/retry: act
        POST /jobs/{id}/rerun: act
        POST /jobs/{id}/priority: act
        POST /jobs/{id}/put-away: act
        GET /jobs/{id}/delete: act
        POST /jobs/{id}/delete: act
        GET /jobs/{id}/undo: undo inspect
        POST /jobs/{id}/undo: undo
        GET /api/jobs/{id}: watch
        GET /api/jobs/{id}/events: watch
        POST /api/jobs/{id}/stream-ticket: watch
        GET /api/jobs/{id}/errors: inspect
        GET /api/jobs/{id}/errors.csv: inspect
        GET /api/jobs/{id}/plan: inspect
        GET /api/jobs/{id}/file: inspect
        GET /api/jobs/{id}/undo: inspect
        POST /api/jobs/{id}/undo: undo
        PATCH /api/jobs/{id}: act
        DELETE /api/jobs/{id}: act
        POST /api/jobs/{id}/rerun: act
        GET /api/jobs/{id}/attempts: inspect
        POST /api/jobs/{id}/cancel: act
        POST /api/jobs/{id}/retry: act
        POST /api/jobs/{id}/restart: act
        POST /api/jobs/{id}/repair: act
        POST /api/jobs/{id}/confirm: act
        POST /api/jobs/{id}/replan: act
        GET /imports/{id}: inspect
        GET /imports/{id}/plan: inspect
        GET /imports/{id}/mapping: act inspect
        POST /imports/{id}/mapping: act inspect
        POST /imports/{id}/cancel: act
        POST /imports/{id}/retry: act
        POST /imports/{id}/restart: act
        POST /imports/{id}/repair: act inspect
        GET /imports/{id}/rows: inspect
        POST /imports/{id}/rows: act inspect
        POST /imports/{id}/confirm: act
        POST /imports/{id}/replan: act
        """
    )

    /// What a use of a job asks for, by what the job is. Whatever it is, `watch` needs `read:jobs`, and `inspect` of
    /// the catalogue's jobs `read:products` beside.
    static let jobUses = parsed(
        """
        act on an import: editor admin | run:imports
        act on an import that deletes: editor admin | delete:products+run:imports
        act on an import that deactivates: editor admin | delete:products+run:imports
        act on an import of customers: editor admin | run:imports+write:customers
        act on a deletion: editor admin | delete:products
        act on a removal of duplicates: editor admin | delete:products
        act on an undo of an import: editor admin | undo:imports
        act on an undo of an import that deletes: editor admin | delete:products+undo:imports
        act on an undo of an import of customers: editor admin | undo:imports+write:customers
        act on an undo of a deletion: editor admin | delete:products+undo:imports
        act on an undo of nobody knows what: editor admin | delete:products+undo:imports
        act on a maintenance: editor admin | run:jobs
        act on a check of the books: editor admin | run:jobs
        act on a webhook replay: admin | write:webhooks
        act on a job of another kind: admin | all
        undo an import: editor admin | undo:imports
        undo an import that deletes: editor admin | delete:products+undo:imports
        undo an import that deactivates: editor admin | delete:products+undo:imports
        undo an import of customers: editor admin | undo:imports+write:customers
        undo a deletion: editor admin | delete:products+undo:imports
        undo a removal of duplicates: editor admin | delete:products+undo:imports
        undo an undo of an import: editor admin | undo:imports
        undo an undo of an import that deletes: editor admin | delete:products+undo:imports
        undo an undo of an import of customers: editor admin | undo:imports+write:customers
        undo an undo of a deletion: editor admin | delete:products+undo:imports
        undo an undo of nobody knows what: editor admin | delete:products+undo:imports
        undo a maintenance: editor admin | undo:imports
        undo a check of the books: editor admin | undo:imports
        undo a webhook replay: editor admin | undo:imports
        undo a job of another kind: admin | all
        """
    )

    /// Who may hear what.
    static let topics = parsed(
        """
        jobs: viewer editor admin | read:jobs
        job:0b54d9a6-0000-4000-8000-000000000000: viewer editor admin | read:jobs
        catalogue: viewer editor admin | read:products
        system: admin | read:logs
        jobs,catalogue: viewer editor admin | read:products+read:jobs
        """
    )

    /// Lines like `what: who`, in their order.
    private static func parsed(_ text: String) -> [(what: String, who: String)] {
        text.split(separator: "\n").map { line in
            let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
            return (parts[0], parts.last ?? "")
        }
    }

    private static let text = """
        GET /: viewer editor admin | any token
        GET /search: viewer editor admin | any token
        GET /help: viewer editor admin | any token
        GET /help/{topic}: viewer editor admin | any token
        GET /shortcuts: viewer editor admin | any token
        GET /jobs: viewer editor admin | read:jobs
        GET /jobs/{id}: viewer editor admin | read:jobs
        POST /jobs/{id}/cancel: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /jobs/{id}/retry: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /jobs/bulk: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /jobs/{id}/priority: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /jobs/{id}/put-away: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /jobs/{id}/rerun: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        GET /jobs/{id}/delete: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /jobs/{id}/delete: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /jobs/lanes/{name}/pause: editor admin | run:jobs
        POST /jobs/lanes/{name}/resume: editor admin | run:jobs
        PATCH /api/jobs/{id}: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        DELETE /api/jobs/{id}: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /api/jobs/{id}/rerun: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        GET /api/jobs/{id}/attempts: viewer editor admin | read:jobs
        POST /api/jobs/bulk: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        GET /api/job-lanes: viewer editor admin | read:jobs
        POST /api/job-lanes/{name}/pause: editor admin | run:jobs
        POST /api/job-lanes/{name}/resume: editor admin | run:jobs
        GET /schedules: viewer editor admin | read:schedules
        GET /schedules/new: admin | write:schedules
        POST /schedules/new: admin | write:schedules
        GET /schedules/{id:int}: viewer editor admin | read:schedules
        POST /schedules/{id:int}: admin | write:schedules
        POST /schedules/{id:int}/run: editor admin | run:jobs
        GET /schedules/{id:int}/delete: admin | write:schedules
        POST /schedules/{id:int}/delete: admin | write:schedules
        GET /api/schedules: viewer editor admin | read:schedules
        POST /api/schedules: admin | write:schedules
        GET /api/schedules/preview: viewer editor admin | read:schedules
        POST /api/schedules/{id:int}/run: editor admin | run:jobs
        GET /api/schedules/{id:int}/runs: viewer editor admin | read:schedules
        GET /api/schedules/{id:int}: viewer editor admin | read:schedules
        PATCH /api/schedules/{id:int}: admin | write:schedules
        PUT /api/schedules/{id:int}: admin | write:schedules
        DELETE /api/schedules/{id:int}: admin | write:schedules
        GET /api/jobs: viewer editor admin | read:jobs
        GET /api/jobs/{id}: viewer editor admin | read:jobs
        GET /api/jobs/{id}/errors: viewer editor admin | read:jobs
        POST /api/jobs/{id}/cancel: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /api/jobs/{id}/retry: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        GET /api/jobs/{id}/events: viewer editor admin | read:jobs
        GET /api/events: viewer editor admin | read:jobs
        POST /api/jobs/{id}/stream-ticket: viewer editor admin | read:jobs
        GET /logs: admin | read:logs
        GET /api/system-log: admin | read:logs
        GET /api/system-log/{id:int}: admin | read:logs
        GET /products: viewer editor admin | read:products
        GET /products/delete: editor admin | read:products+delete:products
        POST /products/delete: editor admin | read:products+delete:products
        GET /products/selection: viewer editor admin | read:products
        GET /products/status: editor admin | read:products+write:products
        POST /products/status: editor admin | read:products+write:products
        GET /products/deleted: viewer editor admin | read:products
        GET /products/duplicates: editor admin | read:products+delete:products
        POST /products/duplicates: editor admin | read:products+delete:products
        GET /products/new: editor admin | write:products
        POST /products/new: editor admin | write:products
        POST /products: editor admin | write:products
        GET /products/{id:int}: viewer editor admin | read:products
        POST /products/{id:int}: editor admin | write:products
        POST /products/{id:int}/restore: editor admin | write:products
        GET /products/{id:int}/delete: editor admin | read:products+write:products
        POST /products/{id:int}/delete: editor admin | write:products
        GET /api/products: viewer editor admin | read:products
        POST /api/products: editor admin | write:products
        DELETE /api/products: editor admin | delete:products
        GET /api/products/duplicates: viewer editor admin | read:products
        DELETE /api/products/duplicates: editor admin | delete:products
        GET /api/products/{id:int}: viewer editor admin | read:products
        PATCH /api/products/{id:int}: editor admin | write:products
        PUT /api/products/{id:int}: editor admin | write:products
        DELETE /api/products/{id:int}: editor admin | write:products
        GET /api/products/by-sku/{sku}: viewer editor admin | read:products
        PATCH /api/products/by-sku/{sku}: editor admin | write:products
        PUT /api/products/by-sku/{sku}: editor admin | write:products
        DELETE /api/products/by-sku/{sku}: editor admin | write:products
        GET /api/products/{id:int}/history: viewer editor admin | read:products
        POST /api/products/{id:int}/restore: editor admin | write:products
        PATCH /api/products: editor admin | write:products
        GET /api/products.csv: viewer editor admin | read:products
        GET /api/products.ndjson: viewer editor admin | read:products
        GET /api/products.xlsx: viewer editor admin | read:products
        GET /api/products/facets: viewer editor admin | read:products
        GET /api/catalogue/history: viewer editor admin | read:products
        GET /api/products/{id:int}/compare: viewer editor admin | read:products
        GET /products/{id:int}/compare: viewer editor admin | read:products
        GET /api/views: viewer editor admin | read:products
        POST /api/views: viewer editor admin | read:products
        GET /api/views/{id:int}: viewer editor admin | read:products
        PATCH /api/views/{id:int}: viewer editor admin | read:products
        PUT /api/views/{id:int}: viewer editor admin | read:products
        DELETE /api/views/{id:int}: viewer editor admin | read:products
        GET /products/views: viewer editor admin | read:products
        POST /products/views: viewer editor admin | read:products
        POST /products/views/{id:int}/delete: viewer editor admin | read:products
        GET /changes: viewer editor admin | read:products
        GET /metafields: viewer editor admin | read:products
        GET /metafields/new: editor admin | read:products+write:products
        POST /metafields/new: editor admin | read:products+write:products
        GET /metafields/{id:int}: editor admin | read:products+write:products
        POST /metafields/{id:int}: editor admin | read:products+write:products
        GET /metafields/{id:int}/delete: editor admin | read:products+write:products
        POST /metafields/{id:int}/delete: editor admin | read:products+write:products
        POST /products/{id:int}/metafields: editor admin | read:products+write:products
        GET /api/metafield-definitions: viewer editor admin | read:products
        POST /api/metafield-definitions: editor admin | write:products
        GET /api/metafield-definitions/{id:int}: viewer editor admin | read:products
        PATCH /api/metafield-definitions/{id:int}: editor admin | write:products
        PUT /api/metafield-definitions/{id:int}: editor admin | write:products
        DELETE /api/metafield-definitions/{id:int}: editor admin | write:products
        GET /api/products/{id:int}/images: viewer editor admin | read:products
        POST /api/products/{id:int}/images: editor admin | write:products
        GET /api/products/{id:int}/images/{image:int}: viewer editor admin | read:products
        PATCH /api/products/{id:int}/images/{image:int}: editor admin | write:products
        DELETE /api/products/{id:int}/images/{image:int}: editor admin | write:products
        PUT /api/products/{id:int}/images/order: editor admin | write:products
        POST /products/{id:int}/images: editor admin | read:products+write:products
        POST /products/{id:int}/images/save: editor admin | read:products+write:products
        GET /media/{file}: viewer editor admin | read:products
        GET /api/products/{id:int}/metafields: viewer editor admin | read:products
        GET /api/products/{id:int}/metafields/{namespace}/{key}: viewer editor admin | read:products
        PUT /api/products/{id:int}/metafields/{namespace}/{key}: editor admin | write:products
        DELETE /api/products/{id:int}/metafields/{namespace}/{key}: editor admin | write:products
        GET /categories: viewer editor admin | read:products
        GET /categories/new: editor admin | read:products+write:products
        POST /categories/new: editor admin | write:products
        GET /categories/{id:int}: viewer editor admin | read:products
        POST /categories/{id:int}: editor admin | read:products+write:products
        POST /categories/{id:int}/move: editor admin | read:products+write:products
        GET /categories/{id:int}/merge: editor admin | read:products+write:products
        POST /categories/{id:int}/merge: editor admin | read:products+write:products
        GET /categories/{id:int}/delete: editor admin | read:products+write:products
        POST /categories/{id:int}/delete: editor admin | read:products+write:products
        POST /categories/{id:int}/restore: editor admin | write:products
        GET /api/categories: viewer editor admin | read:products
        POST /api/categories: editor admin | write:products
        GET /api/categories/{id:int}: viewer editor admin | read:products
        PATCH /api/categories/{id:int}: editor admin | write:products
        PUT /api/categories/{id:int}: editor admin | write:products
        DELETE /api/categories/{id:int}: editor admin | write:products
        POST /api/categories/{id:int}/move: editor admin | write:products
        POST /api/categories/{id:int}/merge: editor admin | write:products
        POST /api/categories/{id:int}/restore: editor admin | write:products
        GET /api/categories/{id:int}/products: viewer editor admin | read:products
        GET /api/categories/{id:int}/history: viewer editor admin | read:products
        GET /imports: viewer editor admin | read:jobs
        POST /imports: editor admin | read:jobs+run:imports
        GET /imports/{id}: viewer editor admin | read:jobs
        POST /imports/{id}/cancel: editor admin | run:imports
        POST /imports/{id}/retry: editor admin | run:imports
        POST /api/upload-csv: editor admin | run:imports
        GET /api/import-targets: viewer editor admin | read:jobs
        GET /api/import-profiles: viewer editor admin | read:jobs
        POST /api/import-profiles: editor admin | run:imports
        GET /api/import-profiles/{id:int}: viewer editor admin | read:jobs
        PATCH /api/import-profiles/{id:int}: editor admin | run:imports
        PUT /api/import-profiles/{id:int}: editor admin | run:imports
        DELETE /api/import-profiles/{id:int}: editor admin | run:imports
        GET /imports/profiles: viewer editor admin | read:jobs
        GET /imports/profiles/{id:int}: viewer editor admin | read:jobs
        POST /imports/profiles/{id:int}: editor admin | run:imports
        GET /imports/profiles/{id:int}/delete: editor admin | run:imports
        POST /imports/profiles/{id:int}/delete: editor admin | run:imports
        GET /imports/{id}/mapping: editor admin | run:imports
        POST /imports/{id}/mapping: editor admin | run:imports
        GET /api/jobs/{id}/errors.csv: viewer editor admin | read:jobs
        POST /api/jobs/{id}/repair: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /imports/{id}/repair: editor admin | run:imports
        GET /imports/{id}/rows: viewer editor admin | read:jobs
        POST /imports/{id}/rows: editor admin | run:imports
        POST /api/jobs/{id}/restart: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        GET /api/jobs/{id}/file: viewer editor admin | read:jobs
        POST /imports/{id}/restart: editor admin | run:imports
        GET /api/jobs/{id}/undo: viewer editor admin | read:jobs
        POST /api/jobs/{id}/undo: editor admin | undo:imports
        GET /jobs/{id}/undo: editor admin | undo:imports
        POST /jobs/{id}/undo: editor admin | undo:imports
        GET /imports/{id}/plan: viewer editor admin | read:jobs
        POST /imports/{id}/confirm: editor admin | run:imports
        POST /imports/{id}/replan: editor admin | run:imports
        GET /api/jobs/{id}/plan: viewer editor admin | read:jobs
        POST /api/jobs/{id}/confirm: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        POST /api/jobs/{id}/replan: editor admin | delete:products run:imports undo:imports run:jobs write:webhooks
        GET /customers: viewer editor admin | read:customers
        GET /customers/new: editor admin | write:customers
        POST /customers/new: editor admin | write:customers
        GET /customers/{id:int}: viewer editor admin | read:customers
        POST /customers/{id:int}: editor admin | read:customers+write:customers
        POST /customers/{id:int}/restore: editor admin | write:customers
        GET /customers/{id:int}/delete: editor admin | read:customers+write:customers
        POST /customers/{id:int}/delete: editor admin | write:customers
        GET /api/customers: viewer editor admin | read:customers
        POST /api/customers: editor admin | write:customers
        GET /api/customers/{id:int}: viewer editor admin | read:customers
        PATCH /api/customers/{id:int}: editor admin | write:customers
        PUT /api/customers/{id:int}: editor admin | write:customers
        DELETE /api/customers/{id:int}: editor admin | write:customers
        GET /api/customers/by-code/{code}: viewer editor admin | read:customers
        PATCH /api/customers/by-code/{code}: editor admin | write:customers
        PUT /api/customers/by-code/{code}: editor admin | write:customers
        DELETE /api/customers/by-code/{code}: editor admin | write:customers
        GET /api/customers/{id:int}/history: viewer editor admin | read:customers
        POST /api/customers/{id:int}/restore: editor admin | write:customers
        POST /customers/{id:int}/merge: editor admin | write:customers
        POST /customers/{id:int}/unmerge: editor admin | write:customers
        GET /customers/duplicates: editor admin | write:customers
        POST /api/customers/{id:int}/merge: editor admin | write:customers
        POST /api/customers/{id:int}/unmerge: editor admin | write:customers
        GET /api/customers/duplicates: editor admin | write:customers
        GET /api/customers/{id:int}/data: admin | export:customers
        GET /login: everybody
        POST /login: everybody
        POST /logout: viewer editor admin | any token
        POST /api/session: everybody
        DELETE /api/session: viewer editor admin | any token
        GET /api/me: viewer editor admin | any token
        GET /reset/{token}: everybody
        POST /reset/{token}: everybody
        GET /users: admin | admin:users
        GET /users/new: admin | admin:users
        POST /users/new: admin | admin:users
        GET /users/{id:int}: admin | admin:users
        POST /users/{id:int}: admin | admin:users
        GET /users/{id:int}/deactivate: admin | admin:users
        POST /users/{id:int}/deactivate: admin | admin:users
        POST /users/{id:int}/activate: admin | admin:users
        POST /users/{id:int}/verify: admin | admin:users
        POST /users/{id:int}/reset-link: admin | admin:users
        GET /api/users: admin | admin:users
        GET /api/users/stats: admin | admin:users
        POST /api/users: admin | admin:users
        GET /api/users/{id:int}: admin | admin:users
        PATCH /api/users/{id:int}: admin | admin:users
        PUT /api/users/{id:int}: admin | admin:users
        POST /api/users/{id:int}/activate: admin | admin:users
        POST /api/users/{id:int}/deactivate: admin | admin:users
        POST /api/users/{id:int}/verify: admin | admin:users
        POST /api/users/{id:int}/reset-link: admin | admin:users
        GET /profile: viewer editor admin | manage:account
        POST /profile: viewer editor admin | manage:account
        GET /profile/email: viewer editor admin | manage:account
        POST /profile/email: viewer editor admin | manage:account
        GET /profile/password: viewer editor admin | manage:account
        POST /profile/password: viewer editor admin | manage:account
        POST /profile/sessions/{id:int}/end: viewer editor admin | manage:account
        POST /profile/sessions/end-others: viewer editor admin | manage:account
        PATCH /api/me: viewer editor admin | manage:account
        GET /api/sessions: viewer editor admin | manage:account
        DELETE /api/sessions: viewer editor admin | manage:account
        DELETE /api/sessions/{id:int}: viewer editor admin | manage:account
        GET /tokens: viewer editor admin | manage:account
        GET /tokens/new: viewer editor admin | manage:account
        POST /tokens/new: viewer editor admin | manage:account
        GET /tokens/{id:int}/rotate: viewer editor admin | manage:account
        POST /tokens/{id:int}/rotate: viewer editor admin | manage:account
        GET /tokens/{id:int}/revoke: viewer editor admin | manage:account
        POST /tokens/{id:int}/revoke: viewer editor admin | manage:account
        GET /api/tokens: viewer editor admin | manage:account
        POST /api/tokens: viewer editor admin | manage:account
        GET /api/tokens/{id:int}: viewer editor admin | manage:account
        POST /api/tokens/{id:int}/rotate: viewer editor admin | manage:account
        DELETE /api/tokens/{id:int}: viewer editor admin | manage:account
        GET /webhooks: editor admin | read:webhooks
        GET /webhooks/{id:int}: editor admin | read:webhooks
        GET /webhooks/{id:int}/deliveries/{delivery:int}: editor admin | read:webhooks
        GET /api/webhooks: editor admin | read:webhooks
        GET /api/webhooks/{id:int}: editor admin | read:webhooks
        GET /api/webhooks/{id:int}/deliveries: editor admin | read:webhooks
        GET /api/webhooks/{id:int}/deliveries/{delivery:int}: editor admin | read:webhooks
        GET /api/event-types: editor admin | read:webhooks
        GET /webhooks/new: admin | write:webhooks
        POST /webhooks/new: admin | write:webhooks
        GET /webhooks/{id:int}/edit: admin | write:webhooks
        POST /webhooks/{id:int}/edit: admin | write:webhooks
        GET /webhooks/{id:int}/rotate-secret: admin | write:webhooks
        POST /webhooks/{id:int}/rotate-secret: admin | write:webhooks
        GET /webhooks/{id:int}/delete: admin | write:webhooks
        POST /webhooks/{id:int}/delete: admin | write:webhooks
        GET /webhooks/{id:int}/replay: admin | write:webhooks
        POST /webhooks/{id:int}/replay: admin | write:webhooks
        POST /webhooks/{id:int}/test: admin | write:webhooks
        POST /webhooks/{id:int}/deliveries/{delivery:int}/redeliver: admin | write:webhooks
        POST /api/webhooks: admin | write:webhooks
        PATCH /api/webhooks/{id:int}: admin | write:webhooks
        PUT /api/webhooks/{id:int}: admin | write:webhooks
        DELETE /api/webhooks/{id:int}: admin | write:webhooks
        POST /api/webhooks/{id:int}/rotate-secret: admin | write:webhooks
        POST /api/webhooks/{id:int}/test: admin | write:webhooks
        POST /api/webhooks/{id:int}/replay: admin | write:webhooks
        GET /api/webhooks/{id:int}/replay: editor admin | read:webhooks
        POST /api/webhooks/{id:int}/deliveries/{delivery:int}/redeliver: admin | write:webhooks
        GET /audit: admin | read:audit
        GET /api/audit-log: admin | read:audit
        GET /api/audit-log/{id:int}: admin | read:audit
        GET /api/audit-log.csv: admin | read:audit
        GET /settings: admin | admin:settings
        POST /settings/{category}: admin | admin:settings
        GET /api/configuration: admin | admin:settings
        PATCH /api/configuration: admin | admin:settings
        GET /api/configuration/{key}: admin | admin:settings
        PATCH /api/configuration/{key}: admin | admin:settings
        GET /api/openapi.json: viewer editor admin | any token
        GET /api/docs: viewer editor admin | any token
        """
}
