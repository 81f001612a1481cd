import Mapping

extension MappingReport {
    /// The report with its applicability held open where a fact may lie in data that the client
    /// could not send.
    ///
    /// Nothing recorded does not bar a model. But a query that failed is not "nothing recorded":
    /// what it would have found may bar it.
    func decided(with gaps: DataGaps, _ service: LoadedService) -> MappingReport {
        guard case .applies = applicability,
            let fact = facts.first(where: { gaps.failed.contains($0.name) })
        else { return self }
        let words = service.label(fact.name).split(separator: " ")
        return MappingReport(
            applicability: .undecided(
                code: words.joined(separator: "-") + "-unknown",
                rule: fact.name
            ),
            inputs: inputs,
            rejections: rejections,
            unaskedCount: unaskedCount,
            facts: facts,
            hasSubjectMismatch: hasSubjectMismatch
        )
    }
}
