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
        act on a deletion: editor admin | delete:products
        act on an undo of an import: editor admin | undo:imports
        act on an undo of an import that deletes: editor admin | delete:products+undo:imports
        act on an undo of a deletion: editor admin | delete:products+undo:imports
        act on an undo of nobody knows what: editor admin | delete:products+undo:imports
        act on a job of another kind: admin | all
        undo an import: editor admin | undo:imports
        undo an import that deletes: editor admin | delete:products+undo:imports
        undo an import that deactivates: editor admin | delete:products+undo:imports
        undo a deletion: editor admin | delete:products+undo:imports
        undo an undo of an import: editor admin | undo:imports
        undo an undo of an import that deletes: editor admin | delete:products+undo:imports
        undo an undo of a deletion: editor admin | delete:products+undo:imports
        undo an undo of nobody knows what: editor admin | delete:products+undo:imports
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
        GET /shortcuts: viewer editor admin | any token
        GET /jobs: viewer editor admin | read:jobs
        GET /jobs/{id}: viewer editor admin | read:jobs
        POST /jobs/{id}/cancel: editor admin | delete:products run:imports undo:imports
        POST /jobs/{id}/retry: editor admin | delete:products run:imports undo:imports
        GET /api/jobs: viewer editor admin | read:jobs
        GET /api/jobs/{id}: viewer editor admin | read:jobs
        GET /api/jobs/{id}/errors: viewer editor admin | read:jobs
        POST /api/jobs/{id}/cancel: editor admin | delete:products run:imports undo:imports
        POST /api/jobs/{id}/retry: editor admin | delete:products run:imports undo:imports
        GET /api/jobs/{id}/events: viewer editor admin | read:jobs
        GET /api/events: viewer editor admin | read:jobs
        POST /api/jobs/{id}/stream-ticket: viewer editor admin | read:jobs
        GET /logs: admin | read:logs
        GET /api/system-log: admin | read:logs
        GET /api/system-log/{id:int}: admin | read:logs
        GET /products: viewer editor admin | read:products
        GET /products/delete: editor admin | delete:products
        POST /products/delete: editor admin | delete:products
        GET /products/new: editor admin | write:products
        POST /products/new: editor admin | write:products
        POST /products: editor admin | write:products
        GET /products/{id:int}: viewer editor admin | read:products
        POST /products/{id:int}: editor admin | write:products
        POST /products/{id:int}/restore: editor admin | write:products
        GET /products/{id:int}/delete: editor admin | write:products
        POST /products/{id:int}/delete: editor admin | write:products
        GET /api/products: viewer editor admin | read:products
        POST /api/products: editor admin | write:products
        DELETE /api/products: editor admin | delete:products
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
        GET /imports: viewer editor admin | read:jobs
        POST /imports: editor admin | read:jobs+run:imports
        GET /imports/{id}: viewer editor admin | read:jobs
        POST /imports/{id}/cancel: editor admin | run:imports
        POST /imports/{id}/retry: editor admin | run:imports
        POST /api/upload-csv: editor admin | run:imports
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
        POST /api/jobs/{id}/repair: editor admin | delete:products run:imports undo:imports
        POST /imports/{id}/repair: editor admin | run:imports
        POST /api/jobs/{id}/restart: editor admin | delete:products run:imports undo:imports
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
        POST /api/jobs/{id}/confirm: editor admin | delete:products run:imports undo:imports
        POST /api/jobs/{id}/replan: editor admin | delete:products run:imports undo:imports
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
