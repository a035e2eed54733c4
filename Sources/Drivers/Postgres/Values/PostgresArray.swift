/// An array with its dimensions; a plain Swift array does where there is one dimension that begins at 1.
public struct PostgresArray<Element: PostgresElement & PostgresCodable>: Sendable {
    /// One dimension.
    public struct Dimension: Hashable, Sendable {
        /// How many elements it has.
        public var count: Int
        /// The index of the first one; 1 unless somebody said otherwise.
        public var first: Int

        /// A dimension of so many elements.
        public init(count: Int, first: Int = 1) {
            self.count = count
            self.first = first
        }
    }

    /// The dimensions, the outermost first; none for an empty array.
    public let dimensions: [Dimension]
    /// All elements, the last index counting fastest.
    public let elements: [Element]

    /// An array of one dimension.
    public init(_ elements: [Element]) {
        self.elements = elements
        dimensions = elements.isEmpty ? [] : [Dimension(count: elements.count)]
    }

    /// An array of several dimensions; nil when the elements are not as many as they say, or there are more than six.
    public init?(_ elements: [Element], dimensions: [Dimension]) {
        guard dimensions.count <= Self.dimensionsMax, dimensions.allSatisfy({ $0.count > 0 }),
            Self.product(dimensions) == (dimensions.isEmpty ? 1 : elements.count),
            !dimensions.isEmpty || elements.isEmpty
        else { return nil }
        self.elements = elements
        self.dimensions = dimensions
    }

    private static var dimensionsMax: Int { 6 }

    /// How many elements the dimensions hold; nil when that is no number.
    private static func product(_ dimensions: [Dimension]) -> Int? {
        dimensions.reduce(1) { product, dimension in
            guard let product else { return nil }
            let (next, isTooLarge) = product.multipliedReportingOverflow(by: dimension.count)
            return isTooLarge ? nil : next
        }
    }
}

extension PostgresArray: Equatable where Element: Equatable {}

extension PostgresArray: PostgresEncodable {
    /// The array of the element's type.
    public static var postgresType: PostgresType { Element.postgresArrayType }

    /// Writes the head, the dimensions and the elements.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: Int32(dimensions.count))
        writer.write(integer: Int32(elements.contains(where: \.isPostgresNull) ? 1 : 0))
        writer.write(integer: Element.postgresElementType.oid)
        for dimension in dimensions {
            guard let count = Int32(exactly: dimension.count), let first = Int32(exactly: dimension.first) else {
                throw PostgresValueFault("a dimension is too large")
            }
            writer.write(integer: count)
            writer.write(integer: first)
        }
        for element in elements { try writer.write(part: element) }
    }
}

extension PostgresArray: PostgresDecodable {
    /// What the elements can be read from.
    public static func isReadable(from type: PostgresType) -> Bool { Element.isArrayReadable(from: type) }

    /// Reads the head, the dimensions and the elements.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let dimensionCount = Int(try reader.integer(Int32.self))
        guard (0...Self.dimensionsMax).contains(dimensionCount), (0...1).contains(try reader.integer(Int32.self)) else {
            throw PostgresValueFault("the head of the array is none")
        }
        let elementType = PostgresType(oid: try reader.integer())
        guard Element.isReadable(from: elementType) else { throw .wrongType }
        var dimensions: [Dimension] = []
        for _ in 0..<dimensionCount {
            let (count, first) = (Int(try reader.integer(Int32.self)), Int(try reader.integer(Int32.self)))
            guard count > 0 else { throw PostgresValueFault("a dimension of the array is none") }
            dimensions.append(Dimension(count: count, first: first))
        }
        // Every element takes at least the four bytes of its length, so a false head cannot make it large.
        let count = dimensions.isEmpty ? 0 : Self.product(dimensions)
        guard let count, count <= reader.remaining / 4 else { throw .truncated }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            let length = Int(try reader.integer(Int32.self))
            elements.append(try reader.value(Element.self, type: elementType, length: length))
        }
        self.elements = elements
        self.dimensions = dimensions
    }
}
