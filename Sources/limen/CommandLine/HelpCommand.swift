/// The help texts.
enum HelpCommand {
    /// What `limen help` prints.
    static let overview = """
        limen up                               everything for a first try, on 127.0.0.1:8080
        limen hook fire news2 --bundle FILE    fire a hook with a FHIR bundle and read the cards
        limen audit list                       the audit rows of the demo tenant

        The main job
          up        start a private PostgreSQL, migrate, load the demo tenant, serve
          down      stop what up started (--wipe removes its data)
          serve     serve with a PostgreSQL of your own (PG* variables)

        For the interface engineer
          hook fire     build a patient-view request from a bundle, post it, explain the answer
          openapi       what the gateway answers, as OpenAPI or as a Postman collection
          hook conform  hold a CDS Hooks service, any, against the requirements of CDS Hooks 2.0
          map explain   map a bundle without a gateway and explain every value
          map table     run a ViewDefinition of SQL on FHIR over files and folders
          map test      run the golden cases of the profiles
          map coverage  what profiles make of a whole set of data, in counts
          map diff      for which patients a change of a profile changes what
          map lint      what is wrong with a profile, or looks so
          map new       scaffold a profile from a model or a list of inputs
          map watch     run the cases, and explain data, on each change of a file
          fhir check    read resources strictly, and hold them against a StructureDefinition
          fhirpath      evaluate a FHIRPath expression on a resource, or many on many
          unit          convert values between UCUM units, check how a unit is written
          jwt explain   why a client's token is taken or refused, check by check
          jwt key|sign  a key pair and a signed token, to play a client with

        For who ships a model
          model check     what a PMML document needs, predicts, and what speaks against it
          model show      the document as a clinician reads it: bands, coefficients, trees
          model evaluate  results of a PMML document for the rows of a table
          model promote   put a version in force for all gateways, or start a canary
          model rollback  end a canary, or go back to the version before
          model status    which version answers whom, since when, by whom and why
          model import    a profile for it, with its fields, units and ranges
          model drift     how far the patients of now are from those of the reference
          model reference what a model's data looked like when all was well, as counts
          model compare   for how many patients another version decides otherwise

        Without an EHR
          batch         scores of many patients from FHIR files to a table, each with its row

        For the compliance officer
          audit list    rows by patient, service, time, outcome, hookInstance, trace id
          audit show    the story of a call and all of its row; also timeline, who-saw,
                        export, review, recompute (limen help audit)
          feedback      what became of the cards: accepted, overridden and why, no response

        For who connects an EHR
          client new     a document for a client, with its key or its issuer
          client check   what is wrong with the clients: file, line, column, what is accepted
          client lint    what a client would not see as it was made
          client key     another API key beside the old one, for a change without a gap

        For who runs it
          migrate       apply the migrations, or show their state
          tenant        another tenant with its keys, or which there are
          auditor       a login for who reads, erases or watches, and its end
          doctor        prove that the fences of the audit database stand
          bench         load over loopback: audited patient-view, /livez, bare commits
          drill kill    kill -9 under load; every answered hookInstance must have one row
          drill slow    slow connections, and beside it drill flood, garbage and soak
          database      a private PostgreSQL for tests: start, stop

        For who changes it (of the script ./limen)
          test          the whole suite
          fuzz          a coverage-guided fuzzer over one of the readers
          sanitize      the suite under the address or the thread sanitizer

        limen help COMMAND says more. Data goes to stdout, everything else to stderr.
        Exit codes: 0 ok, 1 findings, 2 usage, 3 bad input or configuration,
        4 dependency unavailable, 5 internal.

        """

    private static let details = serviceDetails.merging(modelDetails) { _, _ in
        preconditionFailure("a command has one help text")
    }

    /// The commands that have a help text of their own.
    static var commands: [String] { details.keys.sorted() }

    /// The help text for a command, or the overview.
    static func text(for command: String?) -> String {
        guard let command else { return overview }
        return details[command] ?? overview
    }
}
