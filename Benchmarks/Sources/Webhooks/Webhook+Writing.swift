package import JSONText

extension Webhook: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("object", object)
            json.member("entry", entry)
        }
    }
}

extension Webhook.Entry: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("id", id)
            json.member("changes", changes)
        }
    }
}

extension Webhook.Change: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("value", value)
            json.member("field", field)
        }
    }
}

extension Webhook.Value: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("messaging_product", messaging_product)
            json.member("metadata", metadata)
            json.optionalMember("contacts", contacts)
            json.optionalMember("messages", messages)
        }
    }
}

extension Webhook.Metadata: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("display_phone_number", display_phone_number)
            json.member("phone_number_id", phone_number_id)
        }
    }
}

extension Webhook.Contact: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("profile", profile)
            json.member("wa_id", wa_id)
        }
    }
}

extension Webhook.Profile: JSONWritable {
    package func write(to json: inout JSONAppender) { json.object { json in json.member("name", name) } }
}

extension Webhook.Message: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("from", from)
            json.member("id", id)
            json.member("timestamp", timestamp)
            json.member("type", type)
            json.optionalMember("text", text)
            json.optionalMember("context", context)
        }
    }
}

extension Webhook.Text: JSONWritable {
    package func write(to json: inout JSONAppender) { json.object { json in json.member("body", body) } }
}

extension Webhook.Context: JSONWritable {
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("from", from)
            json.member("id", id)
        }
    }
}
