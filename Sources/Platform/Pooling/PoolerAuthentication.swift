package import Basics
import Postgres

/// How the pooler learns the verifiers of roles: a function that one role alone may call.
///
/// The role of the pooler is no superuser and owns nothing. What it can call gives out a verifier, never a password,
/// and none of a role that could do more than use the database.
package enum PoolerAuthentication {
    /// The role that the pooler asks as.
    package static let role = "pooler"
    /// The schema of the function.
    package static let schema = "pooler"

    /// What PgBouncer asks for each client that signs in.
    package static let query = "SELECT role, verifier FROM pooler.verifier($1)"

    /// Makes the role, or gives it this verifier of its password. Run once in a cluster, as a superuser.
    package static func roleScript(verifier: Secret) -> String {
        let name = quoteIdentifier(role)
        return """
            DO $make$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = \(quoteLiteral(role))) THEN
                    CREATE ROLE \(name);
                END IF;
            END $make$;
            ALTER ROLE \(name) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT
                PASSWORD \(quoteLiteral(verifier.reveal()))
            """
    }

    /// Makes the function. Run in each database, as a superuser, after the role is there; again changes nothing.
    package static let functionScript = """
        CREATE SCHEMA IF NOT EXISTS pooler;
        REVOKE ALL ON SCHEMA pooler FROM PUBLIC;
        CREATE OR REPLACE FUNCTION pooler.verifier(wanted text, OUT role text, OUT verifier text)
        RETURNS SETOF record LANGUAGE sql STABLE STRICT SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp
        AS $body$
            SELECT a.rolname::text, a.rolpassword
            FROM pg_catalog.pg_authid AS a
            WHERE a.rolname = wanted
                AND a.rolcanlogin AND NOT a.rolsuper AND NOT a.rolreplication
                AND a.rolname <> 'pooler'
                AND a.rolpassword LIKE 'SCRAM-SHA-256$%'
                AND (a.rolvaliduntil IS NULL OR a.rolvaliduntil > pg_catalog.now())
        $body$;
        REVOKE ALL ON FUNCTION pooler.verifier(text) FROM PUBLIC;
        GRANT USAGE ON SCHEMA pooler TO pooler;
        GRANT EXECUTE ON FUNCTION pooler.verifier(text) TO pooler;
        """
}
