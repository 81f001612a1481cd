/// One segment as its document describes it, for who reads about the model.
public struct SegmentProfile: Sendable, Equatable {
    /// Where its centre lies on one input.
    public struct Coordinate: Sendable, Equatable {
        /// The input, or the derived field where its scaling cannot be undone.
        public let field: String
        /// The unit of the input, when the document states one.
        public let unit: String?
        /// The value of the centre.
        public let value: Double
        /// Whether the value is in the unit of an input; else it is as the model computes with it.
        public let isOriginal: Bool
    }

    /// Its identifier.
    public let id: String
    /// Its name, when it has one.
    public let name: String?
    /// What it is called and means, by language.
    public let texts: [SegmentText]
    /// How many rows it was made from, when the document says so.
    public let size: Int?
    /// Its centre, in the order in which the document compares.
    public let center: [Coordinate]

    /// Describes the clusters of a model; scaling is undone where it is linear.
    static func profiles(
        of clustering: Clustering,
        among derived: [DerivedField],
        fields: [ClinicalModel.Field]
    ) -> [SegmentProfile] {
        let forms = clustering.fields.map { LinearForm.form(of: $0.name, among: derived) }
        return clustering.clusters.map { cluster in
            var center: [Coordinate] = []
            for (position, field) in clustering.fields.enumerated() {
                let value = cluster.center[position]
                let input = forms[position].flatMap { form in
                    fields.first { $0.name == form.field }
                }
                guard let form = forms[position], let input else {
                    let name = field.name
                    center.append(
                        Coordinate(field: name, unit: nil, value: value, isOriginal: false)
                    )
                    continue
                }
                center.append(
                    Coordinate(
                        field: input.name,
                        unit: input.unit,
                        value: form.original(of: value),
                        isOriginal: true
                    )
                )
            }
            return SegmentProfile(
                id: cluster.id,
                name: cluster.name,
                texts: cluster.texts,
                size: cluster.size,
                center: center
            )
        }
    }
}
