import ImportEngine
import Support

/// A plan as a server made it, of a file that adds a product, reprices another and has a row that cannot be read.
enum PlanExamples {
    private static let message: String = {
        let message = ImportMessage(code: "bad_price")
        return "\(message.text) \(message.cure)"
    }()

    static let summary: JSON = [
        "job_id": "01a2275d-86e7-71b3-a669-21f29cbd2535", "status": "awaiting_confirmation", "waiting_reason": nil,
        "total_rows": 3,
        "counts": ["create": 1, "update": 1, "delete": 0, "unchanged": 0, "skip": 0, "reject": 1, "deactivate": 0],
        "skipped": ["superseded": 0, "exists": 0, "missing": 0, "continuation": 0, "header": 0],
        "held_back": 0, "guard": [],
        "samples": [
            [
                "row": 2, "line": 3, "state": "create", "reason": nil, "record_id": nil, "label": "A-9",
                "sku": "A-9", "name": "Plate", "product_id": nil,
                "changes": [
                    ["field": "name", "before": nil, "after": "Plate"],
                    ["field": "price", "before": nil, "after": "9.00"],
                    ["field": "status", "before": nil, "after": "active"],
                ], "errors": [], "warnings": [],
            ],
            [
                "row": 1, "line": 2, "state": "update", "reason": nil, "record_id": 1, "label": "A-1",
                "sku": "A-1", "name": "Teapot", "product_id": 1,
                "changes": [["field": "price", "before": "13.00", "after": "1.00"]], "errors": [],
                "warnings": ["price_jump"],
            ],
            [
                "row": 3, "line": 4, "state": "reject", "reason": nil, "record_id": nil, "label": "A-3",
                "sku": "A-3", "name": nil, "product_id": nil,
                "changes": [],
                "errors": [
                    [
                        "column": "price", "code": "bad_price",
                        "message": .string(message),
                        "value": "1.2.3",
                    ]
                ], "warnings": [],
            ],
        ], "ignored_columns": [], "ignored_prices": [], "identify": nil, "new_brands": ["count": 0, "names": []],
        "warnings": [
            [
                "code": "price_jump", "column": nil, "count": 1,
                "message": "The price changes by more than 50 %, or goes.", "rows": [],
            ]
        ],
    ]

    static let row: JSON = [
        "row": 2, "line": 3, "state": "create", "reason": nil, "record_id": nil, "label": "A-9",
        "sku": "A-9", "name": "Plate", "product_id": nil,
        "changes": [
            ["field": "name", "before": nil, "after": "Plate"], ["field": "price", "before": nil, "after": "9.00"],
            ["field": "status", "before": nil, "after": "active"],
        ], "errors": [], "warnings": [],
    ]
}
