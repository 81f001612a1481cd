import Mapping

extension MappingReport {
    /// The report with what hangs on data held open that the client could not or did not send.
    ///
    /// No record of a fact that the model requires says nothing where the fact may lie in what was
    /// not sent. But a fact that would bar the model bars it only when it is known: a warning
    /// withheld because a list of conditions has another page would be the greater harm, and the
    /// score is then given as one of incomplete data, with the fact among what is not there.
    func decided(with gaps: DataGaps, _ service: LoadedService) -> MappingReport {
        guard !gaps.isEmpty else { return self }
        let inputs = inputs.map { $0.holding(gaps) }
        var verdict = applicability
        if case .notApplicable(_, let rule) = applicability, let fact = unmetFact,
            gaps.paged.contains(fact.name) || gaps.failed.contains(fact.name)
                || gaps.unsent.contains(fact.name)
        {
            verdict = fact.heldOpen
            if case .undecided(_, rule) = verdict {
                verdict = .undecided(code: service.codeForGap(in: fact.name), rule: rule)
            }
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
