extension HelpCommand {
    /// The help texts for who maps data and ships models, by command.
    static let modelDetails: [String: String] = [
        "hook": """
        limen hook lint [SERVICE] [--json]
        limen hook fire SERVICE --bundle FILE|FOLDER|- [--at TIME] [--patient ID]
                                [--hook NAME] [--json | --curl] [--url URL] [--key-file FILE]
                                [--as CLIENT [--signing-key FILE] [--public-url URL]]
                                [--context FILE]

          limen hook fire news2 --bundle ward.json
          limen hook fire news2 --bundle old.json --at 2019-05-04T10:00:00Z
          cat ward.json | limen hook fire qsofa --bundle - --json

        lint names what is allowed in the hook documents and should be looked at before going live,
        and exits with 1 when there is something.

        fire builds the request that an EHR would send, with prefetch from any FHIR bundle, posts
        it, and prints the cards with every input: value, source, age, conversion, rule; then
        the rejected resources by reason. --at evaluates as of a moment, or as of the newest
            Observation in the file (--at newest), for a client that may
        replay. --curl prints the request instead of sending it. With a FOLDER every *.json
        file in it is fired, and a table of outcomes per folder is printed. For order-select
        and order-sign the orders with the status draft become draftOrders; --hook chooses
        where a service is offered for several hooks. --context sends the JSON object of a file as the
        context, as an organisation's own hook needs it. --as calls as a registered client that
        is known by tokens, with a token of its own for each call, signed with a private JWK;
        --public-url is what its `aud` begins with, when that is not the URL that is called. Without
        --signing-key it is the key that `limen up` made for CLIENT (demo-ehr).

        """,
        "batch": """
        limen batch --profile NAME... --in FILE... --reason TEXT [--out FILE]
                    [--format csv|ndjson] [--explain] [--at TIME|newest|now] [--shard i/n]
                    [--resume] [--errors FILE] [--manifest FILE] [--jobs N] [--checkpoint N]
                    [--tenant NAME] [--keys FOLDER] [--state FOLDER]

          limen batch --profile news2 --in export/ --out results.csv --reason "weekly review"
          limen batch --profile news2 --profile qsofa --in export/ --out results.ndjson \\
                      --at 2026-05-04T10:00:00Z --shard 2/3 --reason "weekly review"
          limen batch --profile news2 --in export/ --out results.csv --reason ... --resume
          cat export.ndjson | limen batch --profile news2 --in - --reason "trial"

        Scores every patient of FHIR NDJSON (resources in any order, or a Bundle a line), Bundles,
        folders, or standard input. One id is one patient, wherever its parts stand. A result
        leaves only after its audit row is durable; the rows name job, reason and shard. There is
        no way around the audit trail: limen map explain and model evaluate are for trials.
        Columns: patient, profile, outcome (computed, incomplete, refused, not-applicable), score,
        category, segment, margin, atypicality, uncertain, probability, lower, upper, missing,
        substituted, reasons, evaluatedAt; --explain adds value, unit, effective time and origin of each input.
        FILE.errors.ndjson names what could not be used by file, line, byte and element, and
        FILE.manifest.json what the results rest on, the counts and the hashes.
        FILE appears when it is whole. After a kill or a full disk the same command with --resume
        goes on, and FILE is byte for byte what an undisturbed run writes; it refuses to go on
        when an input, a profile, a model, the program or an option has changed, and says which;
        --jobs and --checkpoint, the patients between two checkpoints, may be others.
        When the queue of the audit trail is full it waits for a place, a minute for a row at most;
        then it stops, and goes on with --resume. No arm is chosen: the version that --profile
        names decides, and row, manifest and counters say so.
        --shard i/n takes one of n equal parts of the patients; the parts of n one after the other
        (CSV without the later headers) are the whole.
        The database is that of limen up; with --keys (or LIMEN_KEYS) the one of PG*.
        Exit code 1 when something could not be read or is in conflict; the rest is scored.

        """,
        "map": """
        limen map explain PROFILE DATA [--at TIME|newest] [--patient ID] [--input NAME]
                                       [--all] [--json]
        limen map test [PROFILE...] [--filter TEXT] [--update] [--junit FILE] [--json]
        limen map coverage [PROFILE...] DATA... [--at TIME|newest|now] [--cases] [--top N]
                                               [--display] [--progress] [--json]
        limen map diff OLD NEW DATA... [--at TIME|newest|now] [--limit N] [--progress] [--json]
        limen map lint [PROFILE...] [--strict] [--json]
        limen map new NAME --model FILE.pmml | --input NAME:UNIT:SYSTEM|CODE ... [--json]
        limen map watch PROFILE [DATA] [--at TIME|newest] [--patient ID] [--filter TEXT] [--json]

          limen map explain news2 ward.json --at 2026-05-04T10:00:00Z
          limen map explain news2 export/ --patient 123 --at newest --input temperature
          cat ward.ndjson | limen map explain qsofa - --json
          limen map test
          limen map test news2 --filter fahrenheit --junit report.xml
          limen map coverage news2 export/ --cases
          limen map diff news2 ../news2-with-our-codes export/
          limen map lint news2 --strict
          limen map new sofa --model sofa.pmml
          limen map new fever --input 'temp:Cel:http://loinc.org|8310-5'
          limen map watch news2 ward.json --at newest

        explain maps DATA (a Bundle or resource, a folder of them, NDJSON, or -) without a
        gateway: what is missing and why, then for each input its value, conversion, source,
        age, rule and code, what was not taken and what would be accepted, and at the end the
        score and the card. Exit code 1 when an input is missing or no score can be made.
        test runs the cases of each profile, each as of the moment it names; exit code 1 when
        one fails. --update rewrites what the failing ones expect and nothing else, and says
        what it did.
        coverage counts over files, folders, NDJSON exports and -: who has a value by which rule
        and how old, rejections by reason, codes and units that nobody asks for; --cases names
        what no golden case exercises. It prints counts and codes, never a patient; --display
        adds the display of codes, which may be free text. Exit code 1 when a line is unreadable.
        diff lists for whom card, score or inputs change, with file:line and patient id.
        lint says what is wrong with a profile or looks so, with file:line:column and what would
        be accepted; exit code 1 with an error, under --strict with a warning.
        new never overwrites and makes no code up: loading refuses what is still open.
        watch ends with Ctrl-C. Lines fit COLUMNS or the terminal, a pipe gets them whole;
        NO_COLOR is respected. PROFILE may be the path of its folder.

        limen map table VIEW DATA... [--format text|csv|ndjson|json] [--json] [--out FILE]
                                     [--at TIME] [--progress]
        limen map table --profile NAME DATA... [...]

          limen map table vital-signs ward.json
          limen map table my.view.json export/ --format ndjson --out rows.ndjson
          limen map table --profile news2 ward.json

        Runs a ViewDefinition (SQL on FHIR 2) over resources, Bundles and NDJSON; VIEW is a file
        or the name of one in Profiles/views. In CSV (RFC 4180) a null is empty and an empty
        string is "". --profile shows every Observation that has a code the profile asks for, as
        it was sent. What cannot be used is told with file and line, and the others go on.

        """,
        "fhir": """
        limen fhir check [--profile FILE] [--value-sets FOLDER] [--json] FILE...

          limen fhir check ward.json export.ndjson
          limen fhir check --profile pulse.structuredefinition.json --value-sets . ward.json

        Reads each file by the JSON rules of FHIR (STU3, R4 and R5 together) and lists every
        departure with its path; *.ndjson line by line. With --profile each resource, or each of
        its type in a Bundle, is held against that StructureDefinition. What cannot be checked,
        such as a required binding without its *.valueset.json, is listed as not checked. Exit
        code 1 when there is a fault.

        """,
        "fhirpath": """
        limen fhirpath EXPRESSION FILE|- [--json] [--trace] [--now TIME]
                       [--variable NAME=JSON]... [--bundle FILE]
        limen fhirpath --batch [FILE|-] [--now TIME] [--variable NAME=JSON]...

          limen fhirpath 'name.given' patient.json
          limen fhirpath "value.ofType(Quantity) > 38 'Cel'" observation.json --trace

        Prints one line for each item: its type, its path, its value as JSON. Elements have
        FHIR types (FHIR.code, FHIR.HumanName, FHIR.BackboneElement for parts defined in
        place), computed values System types (System.Boolean); an element whose type is not
        known has the System type of its JSON. A path leads to the element when it is
        evaluated again; a computed value has none.
        --json prints one object: results, a list of {type, value, path}, or error with
        {code, position, line, column, message}; the position counts bytes from 0. Decimals
        keep their digits, dates and times are text, quantities are objects.
        --trace shows each part of the expression in the order of evaluation, with the bytes
        it stands at, what it gave, and what trace() says. --now fixes the clock. --variable
        gives %NAME a value; an array is a collection. resolve() looks at contained
        resources and in the Bundle that the FILE, or --bundle, is; nothing is fetched.
        --batch answers NDJSON lines {"id", "expression", "resource"} (and, if need be,
        "variables", "now") with lines {"id", "results"} or {"id", "error"}, in order.
        Paths from a resource of a known type are checked before the expression is run.
        Exit codes: 0, 2 for the command line, 3 for an expression or resource at fault.

        """,
        "unit": """
        limen unit convert VALUE FROM TO [--json]
        limen unit convert --batch [FILE|-]
        limen unit check UNIT... [--json]

          limen unit convert 101.3 '[degF]' Cel
          limen unit check mm[Hg] mmHg C

        convert turns a value of one UCUM unit (case-sensitive form) into another, exactly
        where that is a finite decimal, else to 28 digits, and says how. --batch answers
        NDJSON lines {"id", "value", "from", "to"} with {"id", "value", "unit", "formula"} or
        {"id", "error"}. check says of each text whether it is a unit, what it is in base
        units and in words, and where a fault lies; a hint names what may have been meant,
        but is never used. Exit code 1 when a text is no unit, 3 when there is no conversion.

        """,
        "model": """
        limen model check FILE|PROFILE... [--json]
        limen model show FILE|PROFILE [--segment ID] [--depth N | --all] [--json]
        limen model evaluate FILE|PROFILE --in FILE|- [--out FILE|-] [--format csv|ndjson] [--json]
        limen model import FILE --as NAME [--json]
        limen model drift NAME [--from DAY] [--to DAY] [--reference FILE|-] [--tenant NAME]
                               [--arm live|canary|shadow|replay] [--sha256 HEX] [--json]
        limen model reference PROFILE DATA... [--at TIME|newest|now] [--source TEXT]
        limen model status [SERVICE] [--json] [--state FOLDER]
        limen model promote SERVICE [--to PROFILE] [--canary] --reason TEXT [--json] [--state FOLDER]
        limen model rollback SERVICE --reason TEXT [--json] [--state FOLDER]
        limen model compare A B DATA... [--at TIME|newest|now] [--list] [--limit N] [--progress] [--json]

          limen model check model.pmml
          limen model check news2 qsofa --json
          limen model show news2
          limen model show forest.pmml --segment 7 --depth 3
          limen model evaluate model.pmml --in rows.csv --out results.csv
          limen model evaluate --profile news2 --in rows.ndjson --json
          limen model import model.pmml --as sepsis-risk
          limen model reference news2 export/ > Profiles/news2/reference.json
          limen model drift news2 --from 2026-05-01
          limen model status news2
          limen model promote news2 --reason "review of 4 May" && limen model rollback news2 --reason doubts
          limen model compare news2 ../news2-next export/

        FILE is a PMML 4.4 document, deployed or not, or - for standard input.
        check says what the document needs (type, unit, valid values, treatments), what it
        predicts, its SHA-256, size and load time, and which of its own ModelVerification rows
        fail, by row and output; then what a reviewer should decide: bands that overlap or leave a
        gap, replacements without a reason, inputs without a unit or never read, invalid values
        used as they are, functions that pass over missing values. Exit code 0 when sound, 1 when
        there are faults or warnings, 3 when it is refused: the element and line are named.
        show prints bands, coefficients, trees, centres in the units of the inputs, and derived
        fields as formulas. Of an ensemble it shows the whole; --segment 1.7 one tree within it.
        Trees end at level 5 and long tables at 40 rows: --all shows everything, --json too.
        evaluate takes CSV with a header, or a JSON object a line. An empty cell is a missing
        value. It writes CSV: the prediction, every output field, the status, the bounds when
        inputs are missing, the names of missing and of imputed fields, and in `refusal` why there
        is no result, with the field; with --json an object a line. Columns that the model does
        not read, or that are absent, are named. Exit code 1 when a row has no result.
        drift holds what the gateway counted of a model against its reference (reference.json beside
        the profile, the ModelStats of the document, or --reference FILE): per input the shares, PSI
        with the band that chance stays in, Jensen-Shannon, Kolmogorov-Smirnov on the bins, rates of
        missing, invalid and out-of-range values, segments by day or week, and the triggers that
        fired, of which at most 1 report in 100 has one without drift. The last 28 days without
        --from and --to; days are UTC. Exit code 1 when a trigger fires, 3 when nothing can be
        judged. It reads as a login of limen_monitor or limen_auditor, by PG* or a state folder.
        reference makes such a file of FHIR data or of one CSV table with a column for each input,
        where all was well; below 200 values of an input nothing is judged by it.
        status, promote and rollback work on the versions that hook documents name, for all gateways
        of a database: that of the state folder, or of the PG* variables, as limen_operator. promote
        takes the canary without --to; --canary starts a canary again that was taken back or
        replaced. rollback ends a canary, and without one goes back to the version before. Each
        change has a row (limen audit list --kind model-change --tenant system). status ends with
        exit code 1 when something needs attention.
        What import writes is Profiles/NAME and Hooks/NAME.json; it overwrites nothing, refuses a
        model that fails its own rows, and says what is still open.
        compare says for how many patients another version (a profile, or its folder) changes
        outcome, band, segment, score or card; --list names them with file:line. Exit code 1 when
        a decision changes.

        """,
    ]
}
