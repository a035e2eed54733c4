package import JSONText

extension Webhook: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        object = try json.required("object")
        entry = try json.required("entry")
    }
}

extension Webhook.Entry: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        id = try json.required("id")
        changes = try json.required("changes")
    }
}

extension Webhook.Change: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        value = try json.required("value")
        field = try json.required("field")
    }
}

extension Webhook.Value: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        messaging_product = try json.required("messaging_product")
        metadata = try json.required("metadata")
        contacts = try json.optional("contacts")
        messages = try json.optional("messages")
    }
}

extension Webhook.Metadata: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        display_phone_number = try json.required("display_phone_number")
        phone_number_id = try json.required("phone_number_id")
    }
}

extension Webhook.Contact: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        profile = try json.required("profile")
        wa_id = try json.required("wa_id")
    }
}

extension Webhook.Profile: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) { name = try json.required("name") }
}

extension Webhook.Message: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        from = try json.required("from")
        id = try json.required("id")
        timestamp = try json.required("timestamp")
        type = try json.required("type")
        text = try json.optional("text")
        context = try json.optional("context")
    }
}

extension Webhook.Text: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) { body = try json.required("body") }
}

extension Webhook.Context: JSONReadable {
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        from = try json.required("from")
        id = try json.required("id")
    }
}
