import Mapping

extension MappingReport {
    /// The report with its applicability held open where a fact may lie in data that the client
    /// could not or did not send.
    ///
    /// Nothing recorded does not bar a model. But a query that failed, or gave only its first
    /// pages, is not "nothing recorded": what else it would have found may bar it.
    func decided(with gaps: DataGaps, _ service: LoadedService) -> MappingReport {
        guard !gaps.isEmpty else { return self }
        let inputs = inputs.map { $0.holding(gaps) }
        var verdict = applicability
        if case .applies = applicability,
            let fact = facts.first(where: {
                gaps.failed.contains($0.name) || gaps.paged.contains($0.name)
            })
        {
            let words = service.label(fact.name).split(separator: " ")
            verdict = .undecided(code: words.joined(separator: "-") + "-unknown", rule: fact.name)
        }
        // No record of a required fact says nothing where it may lie in what was not sent.
        if let fact = unmetFact,
            gaps.paged.contains(fact.name) || gaps.failed.contains(fact.name)
                || gaps.unsent.contains(fact.name)
        {
            verdict = fact.heldOpen
        }
        return MappingReport(
            applicability: verdict,
            inputs: inputs,
            rejections: rejections,
            unaskedCount: unaskedCount,
            facts: facts,
            hasSubjectMismatch: hasSubjectMismatch
        )
    }
}

extension MappingReport.Input {
    /// The input without its value where that was made of all there is, and not all was sent.
    ///
    /// "Nothing recorded" and a count, mean or median hold only for complete data.
    fileprivate func holding(_ gaps: DataGaps) -> MappingReport.Input {
        guard flags.contains(.fromAbsence) || flags.contains(.aggregated),
            gaps.isPaged || gaps.failed.contains(name) || gaps.unsent.contains(name)
        else { return self }
        return MappingReport.Input(
            name: name,
            value: nil,
            source: nil,
            conversion: nil,
            rule: nil,
            flags: [],
            missingReason: missingReason,
            isOptional: isOptional
        )
    }
}
