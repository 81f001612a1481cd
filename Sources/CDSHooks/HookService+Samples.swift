import Basics

extension HookService {
    /// Every card of the document in every sample, whatever its condition, with its name.
    ///
    /// What cannot be made was refused when the document was loaded, and is left out.
    package func sampleCards(in samples: [CardEnvironment]) -> [Card] {
        cards.flatMap { definition in
            samples.compactMap { sample in
                try? sampleCard(definition, in: sample)
            }
        }
    }
}
