import Glibc
import TestSupport
import Testing

@testable import ObjectStorage

@Suite struct XMLTests {
    private func read(_ text: String) throws(XMLReader.Fault) -> XMLElement {
        try XMLElement(reading: Array(text.utf8))
    }

    @Test("Elements, text, references and what stands around them are read")
    func document() throws {
        let root = try read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment -->
            <s3:List xmlns:s3="http://s3.amazonaws.com/doc/" a = 'b"'>
              <Key>a &amp; b &lt;&#233;&#xE9;&gt;<![CDATA[ <raw> & ]]></Key><Empty/><Empty />
              <Owner><ID>1</ID></Owner>
            </s3:List>

            """)
        #expect(root.name == "List")
        #expect(root.value("Key") == "a & b <éé> <raw> & ")
        #expect(root.all("Empty").count == 2 && root.value("Empty")?.isEmpty == true)
        #expect(root["Owner"]?.value("ID") == "1" && root.value("No") == nil)
    }

    @Test(
        "What is no document, or could reach outside, is refused",
        arguments: [
            "", " ", "text", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a/>text", "<a", "<a b/>", "<a b=c/>", "<a b='<'/>",
            "<a b='c'd='e'/>", "<1/>", "<a>&unknown;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x;</a>",
            "<a>&amp</a>", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
            "<a><!-- </a>", "<a>\u{1}</a>", "<a><![CDATA[</a>", "<? <a/>", "<![CDATA[x]]><a/>", "<a>&#-1;</a>",
            String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40),
        ])
    func refused(text: String) { #expect(throws: XMLReader.Fault.self) { try read(text) } }

    @Test("Bytes that are not UTF-8 are refused where they stand")
    func encoding() {
        #expect(throws: XMLReader.Fault(reason: "it is not UTF-8", position: 3)) {
            try XMLElement(reading: Array("<a>".utf8) + [0xFF] + Array("</a>".utf8))
        }
    }

    @Test("What is escaped is read back as it was")
    func escaping() throws {
        let text = "<a> & \"b\" 'c' ]]> é"
        #expect(try read("<x>\(XMLElement.escaped(text))</x>").text == text)
    }

    @Test("Random and damaged documents are read or refused, and never more than that")
    func damage() {
        var generator = SeededGenerator()
        let samples = [
            "<?xml version='1.0'?><L a='b'><K>a &amp; &#xE9; b</K><E/><![CDATA[x]]><!-- c --></L>",
            "<ListBucketResult xmlns=\"http://s3/\"><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>",
        ].map { Array($0.utf8) }
        let pieces = ["<", ">", "/", "&", ";", "<!--", "-->", "]]>", "<![CDATA[", "='", "\"", "&#", "<?", "\0", "é"]
        let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int64(String(cString: $0)) } ?? 0
        let end = ContinuousClock.now + .seconds(seconds)
        var rounds = 0
        while rounds < 3000 || ContinuousClock.now < end {
            rounds += 1
            var bytes = samples[rounds % samples.count]
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let index = Int.random(in: 0..<max(1, bytes.count), using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.removeSubrange(index..<min(bytes.count, index + 5))
                case 1: bytes.insert(contentsOf: Array((pieces.randomElement(using: &generator) ?? "").utf8), at: index)
                case 2 where index < bytes.count: bytes[index] = UInt8.random(in: 0 ... .max, using: &generator)
                default: bytes = Array(bytes.prefix(index))
                }
            }
            guard let root = try? XMLElement(reading: bytes) else { continue }
            #expect(!root.name.isEmpty, generator.note)
        }
    }
}
