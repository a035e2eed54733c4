package import JSONText

/// What WhatsApp sends when a customer writes, in the form that both coders fill.
package struct Webhook: Codable, Equatable, Sendable {
    package var object: String
    package var entry: [Entry]

    package struct Entry: Codable, Equatable, Sendable {
        package var id: String
        package var changes: [Change]
    }

    package struct Change: Codable, Equatable, Sendable {
        package var value: Value
        package var field: String
    }

    package struct Value: Codable, Equatable, Sendable {
        package var messaging_product: String
        package var metadata: Metadata
        package var contacts: [Contact]?
        package var messages: [Message]?
    }

    package struct Metadata: Codable, Equatable, Sendable {
        package var display_phone_number: String
        package var phone_number_id: String
    }

    package struct Contact: Codable, Equatable, Sendable {
        package var profile: Profile
        package var wa_id: String
    }

    package struct Profile: Codable, Equatable, Sendable { var name: String }

    package struct Message: Codable, Equatable, Sendable {
        package var from: String
        package var id: String
        package var timestamp: String
        package var type: String
        package var text: Text?
        package var context: Context?
    }

    package struct Text: Codable, Equatable, Sendable { var body: String }

    package struct Context: Codable, Equatable, Sendable {
        package var from: String
        package var id: String
    }
}

extension Webhook {
    /// 890 bytes.
    package static let sample = Array(
        #"""
        {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Sheena Nelson"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234","id":"wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=","timestamp":"1749416383","type":"text","text":{"body":"Hello! I would like to book a cut and colour for Saturday morning, ideally with the same stylist as last time. Is there anything free between 9 and 11.30? If not, the afternoon would also work for me, but no later than half past three because I have to collect both daughters from her music lesson. Thank you, see you soon"},"context":{"from":"15550783881","id":"wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA"}}]},"field":"messages"}]}]}
        """#.utf8)
}
