import Basics
import CDSHooks
import JSON

/// The `draftOrders` of an order-select or order-sign call.
struct DraftOrders {
    /// The resources with the `fullUrl`s of their entries.
    private(set) var items: [Prefetch.Item] = []
    /// The places of entries that hold nothing that can be read.
    private(set) var unreadable: [String] = []
    /// The references that `selections` names, with their places; `nil` where all are meant.
    private(set) var selections: [(reference: String, pointer: String)]?

    /// Reads the context, whose shape was checked with the request.
    ///
    /// - Throws: `GatewayError` when `entry` is no array.
    init(_ call: HookRequest) throws(GatewayError) {
        let bundle = call.context.json["draftOrders"]
        if call.hook == "order-select", let list = call.context.json["selections"] {
            selections = list.elements.compactMap { element in
                element.stringValue.map { ($0, element.pointer) }
            }
        }
        guard let entries = bundle?["entry"], !entries.isNull else { return }
        let pointer = "/context/draftOrders/entry"
        guard entries.kind == .array else {
            throw GatewayError(
                malformed: HookRequestError(
                    code: .wrongType,
                    pointer: pointer,
                    offset: entries.byteOffset,
                    sentence: "the value is of another JSON type",
                    accepted: "an array of entries"
                )
            )
        }
        for (position, entry) in entries.elements.enumerated() {
            guard items.count + unreadable.count < Limits.prefetchEntriesMax else {
                throw GatewayError(
                    malformed: HookRequestError(
                        code: .tooMany,
                        pointer: pointer,
                        offset: entries.byteOffset,
                        sentence: "there are more of them than the limit allows",
                        accepted: "at most \(Limits.prefetchEntriesMax) entries"
                    )
                )
            }
            guard let resource = entry["resource"],
                let type = resource["resourceType"]?.stringValue, type != "Bundle"
            else {
                unreadable.append("\(pointer)/\(position)")
                continue
            }
            items.append(Prefetch.Item(resource: resource, fullURL: entry["fullUrl"]))
        }
    }
}
