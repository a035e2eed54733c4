import Basics
import HTTP
import JSONText
import Store

/// The whole REST API: which endpoints there are.
enum RestAPI {
    /// Each of them, in the order of the document.
    static let endpoints: [Endpoint] =
        SessionEndpoints.all + MeEndpoints.all + SalonEndpoints.all + ServiceEndpoints.all + CatalogueEndpoints.all
        + CustomerEndpoints.all + BookingEndpoints.all + BookingStepEndpoints.all + CalendarEndpoints.all
        + WaitingEndpoints.all + InboxEndpoints.all + SendingEndpoints.all + PriceEndpoints.all + TemplateEndpoints.all
        + InsightEndpoints.all + KeyEndpoints.all
        + MemberEndpoints.all + [document]

    /// The document of all of them.
    static let specification = OpenAPIDocument(endpoints, version: "1")

    private static let document = Endpoint(
        .get, "/v1/openapi.json", "getDocument", .document, "This document.", access: .anybody, body: .none,
        answer: .ok(Component(name: "OpenAPI", schema: ["type": "object"]), "The document, OpenAPI 3.1."),
        .answering { _, _ in Reply(.ok, specification.json) })
}
