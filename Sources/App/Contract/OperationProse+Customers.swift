extension OperationProse {
    /// `/api/customers`.
    static let customers: [Text] = [
        (
            "getCustomers",
            """
            A page of customers; filters narrow each other. Names, addresses, e-mail and phone are masked for those \
            who lack `write:customers`, and filters by them are refused with 403.
            """
        ),
        (
            "postCustomers",
            """
            Adds one customer. `customer_code` is needed; one that another customer has, in any case of its letters, \
            is refused with 409 and `existing_id`. E-mail, phone, country and language are stored in one form each: \
            `United Kingdom` becomes `GB`.
            """
        ),
        (
            "getCustomersById",
            """
            One customer with all fields, masked as in the list. Its `ETag` names the version, for If-Match.
            """
        ),
        (
            "patchCustomersById",
            """
            JSON Merge Patch (RFC 7396): members that are left out stay, null clears. With `If-Match` the change is \
            refused (412) when another request was faster.
            """
        ),
        (
            "putCustomersById",
            """
            Replaces the writable members: what is left out is cleared. What GET gave can be sent back as it is.
            """
        ),
        (
            "deleteCustomersById",
            """
            Deletes one customer. The history stays for a time, and POST restore brings the customer back with its \
            id.
            """
        ),
        (
            "getCustomersByCodeCode",
            """
            As by id. The code is one segment, percent-encoded, and is found in any case of its letters.
            """
        ),
        ("patchCustomersByCodeCode", "As by id: JSON Merge Patch (RFC 7396). The code itself may be changed, too."),
        ("putCustomersByCodeCode", "As by id: replaces the writable members, and never adds a customer."),
        ("deleteCustomersByCodeCode", "As by id: deletes one customer, who can be restored."),
        (
            "getCustomersByIdHistory",
            """
            Who changed what, newest first, also of a customer that was deleted; masked as in the list.
            """
        ),
        (
            "postCustomersByIdRestore",
            """
            Gives a customer the fields of an earlier version, as a new one; a deleted one comes back with its id. \
            409 where another customer has the code of that version by now.
            """
        ),
        (
            "postCustomersByIdMerge",
            """
            The customer counts as another one (`into`) from now on: `merged_into` says so, and nothing is \
            rewritten. 409 where the customer is merged already, others are merged into it, or the other one is \
            merged itself.
            """
        ),
        (
            "postCustomersByIdUnmerge",
            """
            The customer counts as itself again, with everything that came since. 409 `not_merged` where it did \
            already.
            """
        ),
        (
            "getCustomersDuplicates",
            """
            Groups of customers with the same e-mail or the same phone number, as ids and codes; those that are \
            merged are left out.
            """
        ),
        (
            "getCustomersByIdData",
            """
            Everything that is held of one person, to be handed over. The audit trail notes that it was \
            made.
            """
        ),
    ]
}
