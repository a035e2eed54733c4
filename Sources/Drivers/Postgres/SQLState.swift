/// PostgreSQL's code for what happened: five characters, of which the first two name the class.
public struct SQLState: Hashable, Sendable, CustomStringConvertible {
    /// The five characters, like `23505`.
    public let code: String

    /// Any code, known here or not.
    public init(_ code: String) { self.code = code }

    /// PostgreSQL's name of the condition, like `unique_violation`; nil for a code that is not listed here.
    public var condition: String? { SQLState.conditions[code] }

    /// The first two characters.
    public var errorClass: String { String(code.prefix(2)) }

    /// The name and the code, like `unique_violation (23505)`.
    public var description: String { condition.map { "\($0) (\(code))" } ?? "error \(code)" }

    /// Whether the same work may succeed when it is simply tried again.
    public var isTransient: Bool { SQLState.transient.contains(self) || errorClass == "08" }

    private static let transient: Set<SQLState> = [
        .serializationFailure, .deadlockDetected, .lockNotAvailable, .tooManyConnections, .adminShutdown,
        .crashShutdown,
        .cannotConnectNow, .idleSessionTimeout,
    ]
}

extension SQLState {
    /// The connection broke or could not be made.
    public static let connectionFailure = SQLState("08006")
    /// The database cannot do this.
    public static let featureNotSupported = SQLState("0A000")
    /// A value is longer than its column allows.
    public static let stringDataRightTruncation = SQLState("22001")
    /// A number does not fit its type.
    public static let numericValueOutOfRange = SQLState("22003")
    /// A division by zero.
    public static let divisionByZero = SQLState("22012")
    /// A value cannot be read as its type.
    public static let invalidTextRepresentation = SQLState("22P02")
    /// A required value is NULL.
    public static let notNullViolation = SQLState("23502")
    /// A reference leads nowhere, or something is still referred to.
    public static let foreignKeyViolation = SQLState("23503")
    /// The value exists already.
    public static let uniqueViolation = SQLState("23505")
    /// A value breaks a check of its table.
    public static let checkViolation = SQLState("23514")
    /// A row collides with another one.
    public static let exclusionViolation = SQLState("23P01")
    /// A read-only transaction was asked to write.
    public static let readOnlyTransaction = SQLState("25006")
    /// A statement of this transaction failed, so nothing more can be done in it.
    public static let inFailedTransaction = SQLState("25P02")
    /// The transaction stayed idle for too long.
    public static let idleInTransactionTimeout = SQLState("25P03")
    /// The server's rules admit nobody of this name from there.
    public static let invalidAuthorization = SQLState("28000")
    /// The password is wrong, or the role does not exist.
    public static let invalidPassword = SQLState("28P01")
    /// The database does not exist.
    public static let databaseMissing = SQLState("3D000")
    /// The schema does not exist.
    public static let schemaMissing = SQLState("3F000")
    /// Concurrent transactions got into each other's way.
    public static let serializationFailure = SQLState("40001")
    /// Transactions waited for each other in a circle.
    public static let deadlockDetected = SQLState("40P01")
    /// The statement could not be parsed.
    public static let syntaxError = SQLState("42601")
    /// The role may not do this.
    public static let insufficientPrivilege = SQLState("42501")
    /// The column does not exist.
    public static let columnMissing = SQLState("42703")
    /// The function does not exist.
    public static let functionMissing = SQLState("42883")
    /// The table does not exist.
    public static let tableMissing = SQLState("42P01")
    /// The prepared statement does not exist.
    public static let preparedStatementMissing = SQLState("26000")
    /// The database exists already.
    public static let databaseExists = SQLState("42P04")
    /// The schema exists already.
    public static let schemaExists = SQLState("42P06")
    /// The table exists already.
    public static let tableExists = SQLState("42P07")
    /// The role or another object exists already.
    public static let objectExists = SQLState("42710")
    /// A role, type or another object does not exist.
    public static let objectMissing = SQLState("42704")
    /// The server's disk is full.
    public static let diskFull = SQLState("53100")
    /// The server has no memory left.
    public static let outOfMemory = SQLState("53200")
    /// The server, the database or the role has all the connections it may have.
    public static let tooManyConnections = SQLState("53300")
    /// The object is in use.
    public static let objectInUse = SQLState("55006")
    /// A lock could not be had in time.
    public static let lockNotAvailable = SQLState("55P03")
    /// The statement was called off.
    public static let queryCancelled = SQLState("57014")
    /// An administrator ended the connection or the server.
    public static let adminShutdown = SQLState("57P01")
    /// Another server process crashed, and all connections ended with it.
    public static let crashShutdown = SQLState("57P02")
    /// The server starts, stops or recovers.
    public static let cannotConnectNow = SQLState("57P03")
    /// The database was dropped.
    public static let databaseDropped = SQLState("57P04")
    /// The session stayed idle for too long.
    public static let idleSessionTimeout = SQLState("57P05")

    /// The conditions by their codes, as PostgreSQL's manual names them.
    static let conditions: [String: String] = [
        "08000": "connection_exception", "08001": "sqlclient_unable_to_establish_sqlconnection",
        "08003": "connection_does_not_exist", "08004": "sqlserver_rejected_establishment_of_sqlconnection",
        "08006": "connection_failure", "08P01": "protocol_violation",
        "0A000": "feature_not_supported",
        "22001": "string_data_right_truncation", "22003": "numeric_value_out_of_range",
        "22007": "invalid_datetime_format", "22008": "datetime_field_overflow", "22012": "division_by_zero",
        "22021": "character_not_in_repertoire", "22023": "invalid_parameter_value",
        "22P02": "invalid_text_representation", "22P05": "untranslatable_character",
        "23000": "integrity_constraint_violation", "23001": "restrict_violation", "23502": "not_null_violation",
        "23503": "foreign_key_violation", "23505": "unique_violation", "23514": "check_violation",
        "23P01": "exclusion_violation",
        "25001": "active_sql_transaction", "25006": "read_only_sql_transaction", "25P01": "no_active_sql_transaction",
        "25P02": "in_failed_sql_transaction", "25P03": "idle_in_transaction_session_timeout",
        "26000": "invalid_sql_statement_name", "28000": "invalid_authorization_specification",
        "28P01": "invalid_password", "2BP01": "dependent_objects_still_exist",
        "34000": "invalid_cursor_name", "3D000": "invalid_catalog_name", "3F000": "invalid_schema_name",
        "40001": "serialization_failure", "40P01": "deadlock_detected",
        "42501": "insufficient_privilege", "42601": "syntax_error", "42602": "invalid_name",
        "42701": "duplicate_column", "42702": "ambiguous_column", "42703": "undefined_column",
        "42704": "undefined_object", "42710": "duplicate_object", "42712": "duplicate_alias",
        "42723": "duplicate_function", "42725": "ambiguous_function", "42803": "grouping_error",
        "42804": "datatype_mismatch", "42809": "wrong_object_type", "42846": "cannot_coerce",
        "42883": "undefined_function", "42P01": "undefined_table", "42P02": "undefined_parameter",
        "42P04": "duplicate_database", "42P05": "duplicate_prepared_statement", "42P06": "duplicate_schema",
        "42P07": "duplicate_table", "42P18": "indeterminate_datatype", "42830": "invalid_foreign_key",
        "53000": "insufficient_resources", "53100": "disk_full", "53200": "out_of_memory",
        "53300": "too_many_connections", "53400": "configuration_limit_exceeded", "54000": "program_limit_exceeded",
        "55000": "object_not_in_prerequisite_state", "55006": "object_in_use", "55P02": "cant_change_runtime_param",
        "55P03": "lock_not_available",
        "57014": "query_canceled", "57P01": "admin_shutdown", "57P02": "crash_shutdown", "57P03": "cannot_connect_now",
        "57P04": "database_dropped", "57P05": "idle_session_timeout",
        "58000": "system_error", "58030": "io_error", "58P01": "undefined_file",
        "P0001": "raise_exception", "P0002": "no_data_found", "P0003": "too_many_rows", "P0004": "assert_failure",
        "XX000": "internal_error", "XX001": "data_corrupted", "XX002": "index_corrupted",
    ]
}
