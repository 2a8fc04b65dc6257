"""Tables of the SQLite store, and how an older file becomes a newer one."""

APPLICATION_ID = 0x75736C6F
"""`uslo`: tells our files from other SQLite databases."""

MIGRATIONS = (
    """
    CREATE TABLE mark (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        at INTEGER NOT NULL,                 -- every beat up to here has begun or was missed
        due BLOB NOT NULL                    -- (endpoint u32, first undone beat i64), little-endian
    );
    CREATE TABLE endpoint (
        number INTEGER PRIMARY KEY,
        service TEXT NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        UNIQUE (service, id)
    );
    CREATE TABLE watch (                     -- when the configuration had the endpoint
        endpoint INTEGER NOT NULL REFERENCES endpoint,
        since INTEGER NOT NULL,
        until INTEGER,                       -- NULL while it has
        PRIMARY KEY (endpoint, since)
    ) WITHOUT ROWID;
    CREATE TABLE policy (
        number INTEGER PRIMARY KEY,
        interval INTEGER NOT NULL,
        timeout INTEGER NOT NULL,
        staleness INTEGER NOT NULL,
        down_after INTEGER NOT NULL,
        up_after INTEGER NOT NULL,
        UNIQUE (interval, timeout, staleness, down_after, up_after)
    );
    CREATE TABLE series (
        endpoint INTEGER NOT NULL REFERENCES endpoint,
        at INTEGER NOT NULL,
        step INTEGER NOT NULL,               -- 0: one result only
        last INTEGER,                        -- NULL while open: as far as the mark goes
        vote INTEGER NOT NULL,               -- 1 success, 2 failure, 0 inconclusive
        reason TEXT NOT NULL,
        event INTEGER NOT NULL,              -- 1 for beats, 0 for retries and first probes
        policy INTEGER NOT NULL REFERENCES policy,
        source INTEGER NOT NULL,             -- 0 live, else a batch
        PRIMARY KEY (endpoint, at)
    ) WITHOUT ROWID;
    CREATE TABLE absence (
        number INTEGER PRIMARY KEY,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        cause TEXT NOT NULL,
        set_aside_at INTEGER                 -- NULL while it counts
    );
    CREATE TABLE batch (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        who TEXT NOT NULL,
        origin TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        rows INTEGER NOT NULL,
        skipped INTEGER NOT NULL
    );
    CREATE TABLE set_aside (                 -- series that left the record; nothing is deleted
        set_aside_at INTEGER NOT NULL,
        cause TEXT NOT NULL,
        endpoint INTEGER NOT NULL,
        at INTEGER NOT NULL,
        step INTEGER NOT NULL,
        last INTEGER NOT NULL,
        vote INTEGER NOT NULL,
        reason TEXT NOT NULL,
        event INTEGER NOT NULL,
        policy INTEGER NOT NULL,
        source INTEGER NOT NULL
    );
    """,
    """
    CREATE TABLE policy_with_latency (
        number INTEGER PRIMARY KEY,
        interval INTEGER NOT NULL,
        timeout INTEGER NOT NULL,
        staleness INTEGER NOT NULL,
        down_after INTEGER NOT NULL,
        up_after INTEGER NOT NULL,
        latency TEXT NOT NULL,               -- JSON: [[id of an SLO, nanoseconds], ...]
        UNIQUE (interval, timeout, staleness, down_after, up_after, latency)
    );
    INSERT INTO policy_with_latency
        SELECT number, interval, timeout, staleness, down_after, up_after, '[]' FROM policy;
    DROP TABLE policy;
    ALTER TABLE policy_with_latency RENAME TO policy;
    ALTER TABLE endpoint ADD COLUMN first INTEGER;  -- the first result, where it was pruned
    CREATE TABLE kept (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        since INTEGER NOT NULL               -- what ended before was pruned
    );
    CREATE TABLE exclusion_log (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        who TEXT NOT NULL,
        action TEXT NOT NULL,
        ident TEXT NOT NULL,
        body TEXT NOT NULL                   -- JSON
    );
    CREATE TRIGGER exclusion_log_is_not_changed BEFORE UPDATE ON exclusion_log
        BEGIN SELECT RAISE(ABORT, 'the exclusion log is only ever added to'); END;
    CREATE TRIGGER exclusion_log_is_not_shortened BEFORE DELETE ON exclusion_log
        BEGIN SELECT RAISE(ABORT, 'the exclusion log is only ever added to'); END;
    CREATE TRIGGER exclusion_log_is_not_replaced BEFORE INSERT ON exclusion_log
        WHEN EXISTS (SELECT 1 FROM exclusion_log WHERE seq = NEW.seq)  -- INSERT OR REPLACE
        BEGIN SELECT RAISE(ABORT, 'the exclusion log is only ever added to'); END;
    CREATE TABLE slow (
        endpoint INTEGER NOT NULL REFERENCES endpoint,
        threshold INTEGER NOT NULL,          -- nanoseconds
        hour INTEGER NOT NULL,               -- its start
        instants BLOB NOT NULL,              -- milliseconds since the hour's start, 3 bytes each, little-endian
        PRIMARY KEY (endpoint, threshold, hour)
    ) WITHOUT ROWID;
    CREATE TABLE sketch (                    -- by hour first: what is written together lies together
        hour INTEGER NOT NULL,               -- its start
        endpoint INTEGER NOT NULL REFERENCES endpoint,
        part INTEGER NOT NULL,               -- an hour with a restart or an import in it has several
        durations BLOB NOT NULL,
        PRIMARY KEY (hour, endpoint, part)
    ) WITHOUT ROWID;
    CREATE TABLE set_aside_slow (
        set_aside_at INTEGER NOT NULL,
        cause TEXT NOT NULL,
        endpoint INTEGER NOT NULL,
        threshold INTEGER NOT NULL,
        hour INTEGER NOT NULL,
        instants BLOB NOT NULL
    );
    CREATE TABLE set_aside_sketch (
        set_aside_at INTEGER NOT NULL,
        cause TEXT NOT NULL,
        hour INTEGER NOT NULL,
        endpoint INTEGER NOT NULL,
        part INTEGER NOT NULL,
        durations BLOB NOT NULL
    );
    """,
    """
    CREATE TABLE sample (                    -- events that a source has counted, see store/steps.py
        service TEXT NOT NULL,
        slo TEXT NOT NULL,
        hour INTEGER NOT NULL,               -- its start
        steps BLOB NOT NULL,
        PRIMARY KEY (service, slo, hour)
    ) WITHOUT ROWID;
    CREATE TABLE set_aside_sample (
        set_aside_at INTEGER NOT NULL,
        cause TEXT NOT NULL,
        service TEXT NOT NULL,
        slo TEXT NOT NULL,
        hour INTEGER NOT NULL,
        steps BLOB NOT NULL
    );
    """,
    """
    CREATE TABLE issue (                     -- what was said of agreements; kept for ever
        agreement TEXT NOT NULL,
        number INTEGER NOT NULL,
        since INTEGER NOT NULL,              -- the period, or the part of one
        until INTEGER NOT NULL,
        at INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        share TEXT NOT NULL,                 -- of the fee, that is credited: such as 1/10
        claim_by INTEGER,                    -- NULL for ever, or where nothing is owed
        document BLOB NOT NULL,              -- JSON, compressed
        PRIMARY KEY (agreement, number)
    );
    CREATE TABLE ledger (                    -- what was written down of incidents and of measures
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        who TEXT NOT NULL,                   -- empty for the daemon itself
        action TEXT NOT NULL,
        ident TEXT NOT NULL,                 -- of an incident, or a measure
        body TEXT NOT NULL                   -- JSON
    );
    CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
        BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;
    CREATE TRIGGER ledger_is_not_shortened BEFORE DELETE ON ledger
        BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;
    CREATE TRIGGER ledger_is_not_replaced BEFORE INSERT ON ledger
        WHEN EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq)  -- INSERT OR REPLACE
        BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END;
    CREATE TABLE report (                    -- issues of which reports are written by themselves
        agreement TEXT NOT NULL,
        number INTEGER NOT NULL,
        written_at INTEGER,                  -- NULL until all of them are
        PRIMARY KEY (agreement, number)
    ) WITHOUT ROWID;
    CREATE TABLE interim (                   -- the latest report of a period that ran, written by itself
        agreement TEXT PRIMARY KEY,
        until INTEGER NOT NULL,              -- as of when it told
        written_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TRIGGER issue_is_not_changed BEFORE UPDATE ON issue
        BEGIN SELECT RAISE(ABORT, 'what was issued is only ever added to'); END;
    CREATE TRIGGER issue_is_not_taken_back BEFORE DELETE ON issue
        BEGIN SELECT RAISE(ABORT, 'what was issued is only ever added to'); END;
    CREATE TRIGGER issue_is_not_replaced BEFORE INSERT ON issue  -- INSERT OR REPLACE
        WHEN EXISTS (SELECT 1 FROM issue WHERE agreement = NEW.agreement AND number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'what was issued is only ever added to'); END;
    """,
)
"""One script a version, oldest first; never edited once released."""
