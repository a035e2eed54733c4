import Glibc
@testable import JSONText

/// Texts that tests read, cut and change.
enum Corpus {
    /// What WhatsApp sends for a message.
    static let webhook = #"""
        {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{
        "messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},
        "contacts":[{"profile":{"name":"Sheena Nelson ✂️"},"wa_id":"16505551234"}],
        "messages":[{"from":"16505551234","id":"wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
        "timestamp":"1749416383","type":"text","text":{"body":"Can I come at 10:30?\nThe \"usual\" \ud83d\udc87"},
        "context":{"from":"15550783881","id":"wamid.x"}}]},"field":"messages"}]}]}
        """#

    static let reader = JSONReader()

    static let sound: [String] = [
        webhook, #"{"a":1}"#, "[]", "{}", "null", " true ", "\"\"", "-0.5e+10", "0",
        #"{"a":[{"b":[1,2,{"c":null}]},"x",-1.5],"d":{"e":{}},"f":""}"#,
        "[1,\t2.5 ,\r\n-3e-7, 18446744073709551615,-9223372036854775808,1e400,0.1E1]",
        #"["\"\\\/\b\f\n\r\t\u0000\u00e9\ud83d\ude00","ß","日本語","😀","\\\\\"","]","{,:"]"#,
        #"{"":0,"\u0061":1,"b\"":2,"long name with spaces and more":3}"#,
        String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
        "[" + (0..<200).map { "\"\($0)\"" }.joined(separator: " , ") + "]",
    ]

    /// How long the mutation test goes on, beyond the cases that it always tries: `PARLOR_FUZZ_SECONDS`.
    static let fuzzTime: Duration =
        getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) }.map { .seconds($0) } ?? .zero
}

/// What a reader says of a text; nil when it has no fault.
func firstFault(in text: some Sequence<UInt8>, _ rules: JSONRules = JSONRules()) -> JSONFault? {
    let reader = rules == JSONRules() ? Corpus.reader : JSONReader(rules)
    do throws(JSONFault) { try reader.check(Array(text)) } catch { return error }
    return nil
}

/// What `body` throws when it reads a text.
func firstFault<Value>(
    reading text: String, _ body: (inout JSONCursor) throws(JSONFault) -> Value
) -> JSONFault? {
    do throws(JSONFault) { _ = try JSONReader().read(from: Array(text.utf8), body) } catch { return error }
    return nil
}
