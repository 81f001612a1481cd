extension HelpCommand {
    /// The help texts for who runs the service, connects to it or audits it, by command.
    static let serviceDetails: [String: String] = [
        "up": """
        limen up [--listen HOST:PORT] [--state FOLDER] [--writers N] [--loops N] [--tls]

          limen up
          limen up --listen 127.0.0.1:9090
          limen up --tls

        Starts a private PostgreSQL cluster under the state folder (default .limen), applies
        the migrations, loads the demo tenant and the services in Hooks/, and serves until
        Ctrl-C, which stops all it started. A second start keeps the data. --tls serves https
        with a certificate of an authority that is made in the state folder, tls/authority.pem;
        the other commands trust it by themselves.

        """,
        "down": """
        limen down [--wipe] [--state FOLDER]

        Stops a gateway and a cluster that an `up` left behind. --wipe removes the state
        folder's cluster, keys and audit rows.

        """,
        "serve": """
        limen serve [--listen HOST:PORT] [--clients FOLDER] [--keys FOLDER] [--writers N]
                    [--public-url URL]... [--address-rate N] [--development]
                    [--trusted-proxy NETWORK]... [--client-certificate-header NAME]
                    [--client-address-header NAME] [--closed-discovery]
                    [--spool FOLDER|off] [--share-port] [--drain-notice SECONDS]
                    [--tls-certificate FILE --tls-key FILE]
                    [--client-ca FILE [--client-certificate optional|required]]

        Serves with the database that libpq's own PG* variables name; its user must be the
        writer role. Profiles/, Hooks/ and Migrations/ are read below $LIMEN_HOME.
        --public-url is what tokens must name in aud, where a proxy gives the gateway another
        address or --listen has a wildcard (0.0.0.0, [::]). Headers that name a certificate or an
        address count only from --trusted-proxy.
        --address-rate is how often one address may call in a second; without it 1000 times from
        another machine, and as often as it likes from this one. --closed-discovery keeps
        GET /cds-services for clients; without it whoever shows no credentials sees all services,
        and a client those it may call. Metrics are for clients with the role metrics-reader
        and the like; --development opens them, and lets in clients
        whose private keys are public. --spool names a folder for rows that PostgreSQL cannot take
        for a while, encrypted; without it answers are withheld then. With it the gateway also starts
        while PostgreSQL is away, with the versions that it last read as in force, and checks the
        server when it turns up: one that fails the check gets no rows, and no hook is answered.
        $LIMEN_GRACE_MILLISECONDS (50 to 10000, 1000 without it) is how long rows wait for
        PostgreSQL before they are spooled. limen audit spool status|check|list|show|retry tells
        what is in it, limen drill outage --seconds N shows it at work.
        --tls-certificate is the certificate with its chain, --tls-key its key (PEM, the key
        readable by its owner only); TLS 1.2 and 1.3. They are read anew with SIGHUP and every
        half day; open connections stay. --client-ca asks clients for a certificate of these
        authorities, which counts as the registered client's way in; with required nobody
        connects without.
        SIGTERM and SIGINT let what is open finish; a second one cuts it off. With --drain-notice
        (0 to 300, 0 without it) /readyz fails for so long before the listener closes, and all
        else is answered: as long as a balancer takes to notice.
        With --share-port several processes serve one port. Sockets of systemd (LISTEN_FDS) are
        served in place of --listen. Deploy/Edge.md has units and proxies.

        """,
        "client": """
        limen client new ID --tenant TENANT [--issuer URL --jwks FILE | --jwks-url URL]
                         [--api-key] [--role ROLE] [--dialect NAME] [--clients FOLDER]
        limen client check [ID...] [--clients FOLDER] [--development] [--json]
        limen client lint [ID...] [--strict] [--clients FOLDER] [--development] [--json]
        limen client key ID [--until TIME | --replace] [--clients FOLDER]

          limen client new ward-ehr --tenant hospital-a --issuer https://ehr.example --jwks k.json
          limen client check
          limen client lint ward-ehr

        new writes a document that is not active yet and says what only you can know. check reads
        the documents as the gateway would and names everything that is wrong at once; exit code
        1 then. lint makes every card of every service the client may call from the widest values
        there can be, and says what its dialect changes; exit code 1 when a clinician would read
        or press something in another way, with --strict for any change. key prints a new key
        once and stores its hash; the old one stays valid for a week or until TIME.
        Hooks/README.md describes the format.

        limen hook conform [URL] [--service ID] [--bundle FILE] [--origin URL] [--key-file FILE]
                           [--all] [--json]

          limen hook conform http://127.0.0.1:8080 --all
          limen hook conform https://cds.example --service greeting --key-file KEY

        Calls a CDS Hooks service, ours or another, as a client would: with data, without, with
        errors, with more than it knows, with tokens of nobody. Each of the 120 requirements of
        CDS Hooks 2.0 that bind a service passes, fails with the place, or does not apply with
        the reason. --bundle calls with the data of a patient; --origin asks as a browser does.
        Exit code 1 when a requirement is broken. Feedback is sent on the first card.

        """,
        "feedback": """
        limen feedback report [--by service|card|client|hour] [--from TIME] [--to TIME]
                              [--tenant NAME] [--json]

          limen feedback report --by card --from 2026-05-01

        Counts each card once that was shown in the time, by the last that was said of it:
        accepted, overridden with the reason, or nothing. An hour is one of the day, in UTC; so is
        a date, and the day that --to names is included.
        Feedback on cards that were never shown is counted by itself. Reading is on record.

        """,
        "openapi": """
        limen openapi [--postman]

          limen openapi > openapi.json
          limen openapi --postman > limen.postman_collection.json

        Writes the description that a gateway serves at /openapi.json, or a Postman collection
        made from it; address and key are variables of the collection.

        """,
        "jwt": """
        limen jwt explain TOKEN|- [--client NAME [--clients FOLDER]] [--jwks FILE] [--issuer ISS]
                          [--audience URL]... [--at TIME] [--json]
        limen jwt key KID --out FILE [--algorithm NAME]
        limen jwt sign --key FILE --issuer ISS --audience URL... [--tenant T] [--jku URL]
                       [--lifetime SECONDS] [--at TIME]

          limen jwt explain - --client ward-ehr --audience https://limen.example/cds-services/news2
          limen jwt key trial-1 --out trial.key.json > trial.jwks.json

        explain shows what header and claims say and makes every check a gateway makes, in its
        order: passed or failed, with what would be accepted. What nothing is known about stays
        open. --audience is the URL that is called; what a gateway takes for it is taken here too.
        It reads no network and uses no token up, and of the signature it shows the length.
        Exit code 1 when the token is refused. key writes a private JWK to a new file that only
        its owner reads, and prints the JWK Set to register (ES384 unless --algorithm says else).
        sign prints a token that lives five minutes.

        """,
        "audit": """
        limen audit list [FILTERS] [--limit N] [--cursor TEXT] [--json]
        limen audit list --patient ID --reason TEXT [FILTERS]
        limen audit show EVENT --reason TEXT [--json]
        limen audit timeline PATIENT --reason TEXT [--from T] [--to T] [--limit N] [--cursor TEXT]
        limen audit who-saw PATIENT --reason TEXT [--from T] [--to T] [--json]
        limen audit export --format csv|audit-event|provenance --reason TEXT [--out FILE] [FILTERS]
                           [--identified] [--server-name NAME]
        limen audit review questions | new QUESTION --from T --to T [--title TEXT]
                           [--hours 07:00-19:00] [--weekend] | list [--open] | run REVIEW
                           | close REVIEW --found TEXT
        limen audit recompute [EVENT] --reason TEXT [FILTERS] [--profiles FOLDER] [--limit N] [--json]

          FILTERS: --patient --user --client --service --model --outcome --kind --code --arm
                   --card --event --caused-by --hook-instance --trace-id --from --to
          all take --tenant NAME, --state FOLDER, --keys FOLDER but review questions; those that
          show or take times --zone +02:00

        limen audit verify [--since TIME] [--outside FILE]... [--verifiers FILE] [--json]
        limen audit verify --receipt FILE [--verifiers FILE]
        limen audit prove EVENT [--verifiers FILE]
        limen audit signer | signer new --reason TEXT [--unvouched]
        limen audit restored --reason TEXT

        verify holds every row, batch and checkpoint against its signature and against copies of
        checkpoints outside the database, and names the first bad row; it needs the login
        limen_verifier and the public keys. prove prints a receipt that verify --receipt checks
        without the database. signer shows the key that signs; signer new begins another, for which
        the old one vouches, or, with --unvouched, none (it was lost, or this is a further gateway).
        restored puts on record that a restored database is in force, so that verify tells it from
        one that was put back in secret. Exit codes: 0 as written, 1 findings, or a configured copy
        (LIMEN_LEDGER_COPY) is gone, 4 cannot be read.

          limen audit list --service news2 --outcome cards
          limen audit timeline 123 --reason "complaint 2026-17" --zone +02:00
          limen audit export --format audit-event --from 2026-05-01 --zone Z --out may.ndjson \
            --reason "request of the data protection officer"

        Reads as the tenant's auditor, under row-level security. --patient and --user take what the
        EHR calls them; that is turned into the tenant's keyed pseudonym before it is looked up.
        64 hexadecimal digits are looked for as a pseudonym and as an id.
        A user's id without a type finds the user of every type that a hook may name.
        --model takes the SHA-256 of a model or the name of a profile. A time says its offset; a
        date is a day in the zone of --zone, which it needs, and the day that --to names is
        included. who-saw lists exports and reads that named no patient too, and marks them: an
        unfiltered one covered this patient, a narrowed one perhaps. Every read is itself an event, written by the auditor's own login before
        anything is shown; what speaks of a patient needs --reason, which is kept. show tells the
        story of the call in plain English, then all of the row. An export is whole when its
        manifest lies beside it. recompute evaluates stored decisions again by the profile and
        model that the row pins, from Profiles/ and each --profiles folder; exit code 1 when a value
        differs, a row cannot be checked, or there are more rows than --limit. review run ends
        with 1 when something was found or not all of the time was looked at. Erasure, legal holds, keys and retention: limen help keys.

        """,
        "keys": """
        limen audit keys new --tenant NAME --keys FOLDER
        limen audit keys status [--json]
        limen audit keys rotate|new-epoch --reason TEXT
        limen audit keys rewrap [--give-up] --reason TEXT
        limen audit keys remove NAME [--gone PLACE,...] --reason TEXT
        limen audit keys end-epoch NUMBER --reason TEXT
        limen audit erase --patient ID|--review REVIEW --reason TEXT [--plan [--json]] [--due]
        limen audit hold set --patient ID|--all --reason TEXT
        limen audit hold lift HOLD --reason TEXT
        limen audit hold follow --reason TEXT
        limen audit hold list [--json]
        limen audit retention policy FILE --reason TEXT
        limen audit retention drop --before YYYY-MM-DD --reason TEXT [--plan]

        All but keys new take --tenant NAME, --keys FOLDER and --state FOLDER. keys status ends with 1 while a key is missing
        or does not open, or an erasure is not yet final. erase destroys the keys of a patient's rows unless a legal
        hold or the policy keeps them (72 months without a policy); --plan only says what it would
        do, --due takes what may go. retention drop ends months that are past six years and that no
        tenant's policy keeps (those that are kept are named, with exit code 1), leaves a tombstone
        of each and an event in each tenant. Every deed is an event of the trail, with its reason.

        keys rewrap names the keys that do not open and passes over them; --give-up lets the old
        wrapping key go all the same. keys remove names what still needs the key and refuses: data
        keys, gateways that were not told (SIGHUP) or ended under it, rows in a spool or on their way;
        --gone gives up a gateway that never comes back. A key that every gateway has left opens and
        wraps nothing more. --patient takes a FHIR id, Patient/ID or pseudonym:DIGITS. hold follow
        puts holds under the pseudonyms of every epoch; new-epoch, end-epoch and erase do it too.

        With a PostgreSQL of one's own PG* names the auditor, --keys the keys, and
        LIMEN_WRITER_DATABASE, LIMEN_ERASER_DATABASE, LIMEN_REWRAPPER_DATABASE and
        LIMEN_RETENTION_DATABASE hold the connection strings of the others.

        """,
        "migrate": """
        limen migrate [--status] [--state FOLDER]

        Applies the files of Migrations/ to the database that PG* names (or to the private
        cluster of a state folder), each in one transaction, or shows which are applied.

        """,
        "tenant": """
        limen tenant new NAME [--keys FOLDER] [--title TEXT] [--json] [--state FOLDER]
        limen tenant list [--keys FOLDER] [--json] [--state FOLDER]

          PGUSER=limen_migrator limen tenant new hospital-b --keys /etc/limen/keys
          limen tenant list

        new makes what a tenant needs: its row in the database, and NAME.key and NAME.vault in the
        folder of keys, readable by their owner only. What is there already is left as it is, and no
        other keys are made for a tenant whose rows a gateway seals: those must be copied. Months are
        shared by all tenants, so nothing else is made. list says who may read each, and with
        --keys (or LIMEN_KEYS) which key files are missing here. The database is that of PG*, as
        limen_migrator or a superuser, or of the state folder. A new tenant is an event of the
        tenant system. A gateway takes it in when it starts.

        """,
        "auditor": """
        limen auditor add LOGIN --tenant NAME... [--role auditor|eraser|rewrapper|monitor]
                          [--password-file FILE|-] [--json] [--state FOLDER]
        limen auditor remove LOGIN [--tenant NAME...|--keep-login] [--json] [--state FOLDER]
        limen auditor list [--json] [--state FOLDER]

          PGUSER=postgres limen auditor add auditor_a --tenant hospital-a --password-file -
          PGUSER=postgres limen auditor add berg_erases --tenant hospital-a --role eraser
          PGUSER=postgres limen auditor remove auditor_a --tenant hospital-a
          PGUSER=postgres limen auditor remove auditor_a

        add makes a login of PostgreSQL that row security holds to its tenants, in psql and any SQL
        client as in limen audit; one that is there reads further tenants, or gets another
        password. The password is one line of a file that others cannot read, or of standard
        input; without one pg_hba.conf says how the login gets in (cert, ldap, peer), and the line
        that it needs is printed. --role says what it is for: auditor reads the trail, eraser
        destroys keys and sets holds, rewrapper wraps keys anew, monitor reads the counters of the
        models. A login has one role.

        remove takes tenants away and ends the open sessions of the login; without --tenant all of
        them, and the login goes too, in every database of the server, unless --keep-login. Each
        change is an event of the tenant system. The database is that of PG* or of the state folder;
        making and ending logins takes a superuser, tenants of a login that is there limen_migrator.
        Exit codes: 1 when nothing was there to remove, or something goes on, which is named.

        """,
        "doctor": """
        limen doctor [--json] [--accept CODE]... [--state FOLDER]
        limen doctor --expectation

          limen doctor
          PGHOST=db.example PGDATABASE=limen PGUSER=limen_health limen doctor --json

        Proves on the live database that its fences stand: row security and its policies, rights,
        roles, triggers, functions, views, indexes, months, settings, migrations, and nothing that
        no migration made. Each weakness is named with how grave it is, the object, and the
        statement that mends it. Nothing is changed. It works with the plain login limen_health,
        which reads no row of the trail; what a login cannot see is listed as not seen and never
        taken for sound (pg_hba.conf needs a superuser). The database is that of PG*, or of the
        state folder. --accept keeps the weaknesses of a code out of the exit code: 0 none,
        1 findings, 4 the database is not to be had, or none was found and the login may not see
        the migrations and the mapping of auditors, as limen_health may. READS lists who may read
        which tenants, which is no weakness; a mapping to a login that does not exist is one. It
        also names rows that the spool of this machine ($LIMEN_SPOOL, or of the state folder) holds
        because the database refuses them.
        --expectation migrates a database of its own, prints what Migrations/catalogue.txt must
        say, and removes it; whoever adds a migration makes that file anew with it.

        """,
        "bench": """
        limen bench [--seconds N] [--connections 1,16,64,256] [--writers N] [--loops N] [--json]
        ./limen bench parts [--only PREFIX] [--json]
        ./limen bench stages [--json]
        ./limen bench instructions [--only PREFIX] [--check | --keep] [--json]
        ./limen bench compare COMMIT [COMMIT] [--only PREFIX] [--json]
        ./limen bench rows [ROWS...] [--appends N] [--out FOLDER]
        ./limen bench peers [--seconds N] [--runs N] [--connections 1,16,64,256] [--only PARTS]
                            [--rows [N]] [--out FOLDER]
        ./limen bench peers --markdown [REPORT]

        Starts a gateway of its own with a private PostgreSQL and measures over loopback:
        the audited patient-view with about 20 KB and 200 KB of prefetch, the evaluation of
        news2 and segments with 1 row and with 1,000, /livez, and bare audit commits, in one
        run, so that ratios can be quoted.

        In a checkout, parts gives what HTTP, TLS, JSON, FHIR, FHIRPath, mapping, engine, cards,
        cryptography, the audit row and the whole path cost of the processor; stages what the
        stages of a call cost, what is left above the sum of the parts, and what a signed token
        adds; instructions counts the parts under callgrind, --check against what was kept; compare
        holds two commits together. rows fills trails of 10 thousand to 10 million rows in a
        PostgreSQL of its own (10 GB) and draws what a list and an audited append cost in each.
        peers runs nginx, HealthChain, a server on Foundation and simdjson beside the gateway, with
        --rows also the group commit beside pgbench; --markdown prints the tables of a report.

        """,
        "drill": """
        limen drill kill [--cycles N] [--seed N]
        limen drill outage [--seconds N]
        limen drill markers [--count N] [--seed N]
        limen drill tamper [--count N] [--double N] [--clean N] [--seed N]
        limen drill slow [--connections N] [--seconds N]
                         [--tls | --url URL [--process PID] [--key-file FILE]]
        limen drill flood [--connections N] [--seconds N] [--tls | --url URL [--process PID]]
        limen drill garbage [--count N] [--seed N] [--tls | --url URL [--process PID]]
        limen drill soak [--seconds N] [--rate N] [--tls | --url URL [--process PID]]

        kill puts a gateway with a spool and a PostgreSQL of its own under load, and in turn kills
        the gateway, PostgreSQL and both with SIGKILL, and cuts the replies to the writer after a
        number of bytes. After each cycle every hookInstance that was answered must have just one
        audit row, the spool must be empty and the trail must verify. Twenty cycles share a trail; in
        its end no log, no file of the database or the spool may hold the patient's id or the
        client's key. Exit code 1 otherwise. A seed gives the same numbers again, though not the
        same moments.

        outage stops PostgreSQL under load for N seconds, 120 without it: nobody may be refused,
        and afterwards all rows must be there once and in their order. It prints how long answers
        took and how much memory they took, before, meanwhile and afterwards.

        markers plants names, identifiers, values, comments and tokens in requests of every kind,
        in what is fetched, in a batch, and while PostgreSQL is away, and searches logs, metrics,
        errors, other tenants' answers, the spool, the files of the database and a dump of its
        tables for them; then it puts one into each place, which must be found. Exit code 1 when one
        is found before, or one is not found then.

        tamper changes audit trails of 200 rows, once and twice, in every way that somebody with all
        rights could, and prints for each kind what limen audit verify finds; two changes count only
        as a pair, when the first row that either has touched is named. Exit code 1 when a change
        was not found, another row was named first, or an untouched trail was called damaged.

        slow holds 2,000 connections that drip heads, bodies and second halves of bodies, and ask
        for answers of their own that they do not read, and measures good clients of /livez and of
        patient-view with and without them. A client that is thrown out for another reason than
        that it is slow is a finding: it costs a server nothing. A server that is named knows it by
        the API key in --key-file. flood asks on 1,000 connections at once and wants every
        answer right. garbage sends random and changed requests and wants no failure. soak asks
        steadily, 200 times a second, and fits a line to the memory of the server. Each starts a
        gateway of its own, or takes one with --url, whose memory is read when --process names it.
        With --tls, or an https URL (LIMEN_CA names the authority of its certificate), all of this is
        said over TLS; then slow drips handshakes as well, and garbage says every third request in
        clear, which must be refused. Exit code 1 on a finding.

        """,
        "database": """
        limen database start --directory FOLDER
        limen database stop --directory FOLDER

        A private PostgreSQL for tests; start prints the libpq connection string of its
        superuser.

        """,
    ]
}
