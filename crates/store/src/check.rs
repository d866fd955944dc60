//! Checks over all statements and both schemas, for tests: what a compiler would check elsewhere.

use crate::{
    Backend, Db, Error, Statement, Tx,
    statement::{Dialect, n_parameters},
};

/// How a database means to run a statement.
#[derive(Debug)]
pub struct Plan {
    /// The statement's name.
    pub name: &'static str,
    /// The plan's lines.
    pub lines: Vec<String>,
}

impl Plan {
    /// Whether a table is read from end to end because no index serves.
    pub fn scans(&self) -> bool {
        // A subquery's rows are read from end to end too, but it is no table.
        let subqueries: Vec<&str> =
            self.lines.iter().filter_map(|line| line.trim().strip_prefix("CO-ROUTINE ")).collect();
        self.lines.iter().any(|line| {
            let of_sqlite = line.trim().strip_prefix("SCAN ").is_some_and(|what| {
                !what.contains("CONSTANT ROW")
                    && !what.contains("VALUES")
                    && !subqueries.contains(&what)
            });
            of_sqlite || line.contains("Seq Scan on")
        })
    }
}

/// Prepares every statement and asks for its plan. The error names the statements that were refused.
pub async fn plans(db: &Db, statements: &[&'static Statement]) -> Result<Vec<Plan>, String> {
    let mut plans = Vec::new();
    let mut refused = Vec::new();
    for &statement in statements {
        let mut tx = db.begin().await.map_err(|error| error.to_string())?;
        let lines = match db.backend() {
            Backend::Sqlite => plan_on_sqlite(&mut tx, statement).await,
            Backend::Postgres => plan_on_postgres(&mut tx, statement).await,
        };
        match lines {
            Ok(lines) => plans.push(Plan { name: statement.name, lines }),
            Err(error) => refused.push(format!("{}: {error}", statement.name)),
        }
    }
    if refused.is_empty() { Ok(plans) } else { Err(refused.join("\n")) }
}

async fn plan_on_sqlite(tx: &mut Tx, statement: &'static Statement) -> Result<Vec<String>, Error> {
    tx.lines(&format!("EXPLAIN QUERY PLAN {}", statement.text(Dialect::Sqlite, 1)), 3).await
}

async fn plan_on_postgres(
    tx: &mut Tx,
    statement: &'static Statement,
) -> Result<Vec<String>, Error> {
    let text = statement.text(Dialect::Postgres, 1);
    // Tables are empty in a test, so the planner would read them whole unless it is told not to.
    tx.run_script(&format!(
        "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan; \
         DEALLOCATE ALL; PREPARE checked AS {text}"
    ))
    .await?;
    let nulls = vec!["NULL"; n_parameters(text)].join(", ");
    let arguments = if nulls.is_empty() { String::new() } else { format!("({nulls})") };
    let lines = tx.lines(&format!("EXPLAIN EXECUTE checked{arguments}"), 0).await?;
    tx.run_script("DEALLOCATE checked").await?;
    Ok(lines)
}

/// The schema as sorted lines that read the same on both databases when the schemas are the same:
/// columns with type (BIGINT and BOOLEAN are both INTEGER), nullability and place in the primary key;
/// indexes with their columns, uniqueness and whether they are partial.
pub async fn schema(db: &Db) -> Result<Vec<String>, Error> {
    let text = match db.backend() {
        Backend::Sqlite => SCHEMA_OF_SQLITE,
        Backend::Postgres => SCHEMA_OF_POSTGRES,
    };
    let mut tx = db.begin().await?;
    let mut lines = tx.lines(text, 0).await?;
    lines.sort();
    Ok(lines)
}

const SCHEMA_OF_SQLITE: &str = "
SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type
       || CASE WHEN c.\"notnull\" = 1 THEN ' not null' ELSE '' END
       || CASE WHEN c.pk > 0 THEN ' key ' || c.pk ELSE '' END
FROM sqlite_master AS t, pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
UNION ALL
SELECT 'index ' || t.name || '.' || i.name
       || CASE WHEN i.\"unique\" = 1 THEN ' unique' ELSE '' END
       || CASE WHEN i.partial = 1 THEN ' partial' ELSE '' END
       || ' (' || (SELECT group_concat(x.name, ', ')
                   FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) AS x) || ')'
FROM sqlite_master AS t, pragma_index_list(t.name) AS i
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND i.origin = 'c'";

const SCHEMA_OF_POSTGRES: &str = "
SELECT 'column ' || t.relname || '.' || a.attname || ' '
       || CASE format_type(a.atttypid, NULL)
            WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' WHEN 'text' THEN 'TEXT'
            WHEN 'bytea' THEN 'BLOB' WHEN 'double precision' THEN 'REAL'
            ELSE format_type(a.atttypid, NULL) END
       || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || coalesce(' key ' || array_position(p.indkey::int2[], a.attnum) + 1, '')
FROM pg_class AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index AS p ON p.indrelid = t.oid AND p.indisprimary
WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'index ' || t.relname || '.' || i.relname
       || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
       || CASE WHEN x.indpred IS NOT NULL THEN ' partial' ELSE '' END
       || ' (' || (SELECT string_agg(pg_get_indexdef(x.indexrelid, k, false), ', ' ORDER BY k)
                   FROM generate_series(1, x.indnkeyatts) AS k) || ')'
FROM pg_index AS x
JOIN pg_class AS t ON t.oid = x.indrelid
JOIN pg_class AS i ON i.oid = x.indexrelid
WHERE NOT x.indisprimary AND t.relnamespace = current_schema()::regnamespace";
