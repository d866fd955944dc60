//! A connection in use: reading, and writing inside a transaction.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use deadpool_postgres::Object;
use futures_util::FutureExt as _;

use crate::{
    Error, Row, Statement, Value, postgres,
    sqlite::{self, Loan},
    statement::{Dialect, MAX_BLOCK},
};

/// A connection that can be read from: what [`Reader`] and [`Tx`] have in common.
pub struct Session {
    line: Line,
    n_statements: Arc<AtomicU64>,
    /// PostgreSQL refuses everything after an error inside a transaction; so does this, on both.
    is_given_up: bool,
}

enum Line {
    Sqlite(Loan),
    Postgres(Object),
}

/// A connection to read from.
pub struct Reader(Session);

/// A transaction. Dropped without [`Tx::commit`], it is rolled back.
pub struct Tx {
    session: Session,
    is_finished: bool,
}

impl Session {
    pub(crate) fn sqlite(loan: Loan, n_statements: Arc<AtomicU64>) -> Self {
        Self { line: Line::Sqlite(loan), n_statements, is_given_up: false }
    }

    pub(crate) fn postgres(client: Object, n_statements: Arc<AtomicU64>) -> Self {
        Self { line: Line::Postgres(client), n_statements, is_given_up: false }
    }

    /// All rows of a query, read by `map`.
    pub async fn query<T: Send>(
        &mut self,
        statement: &'static Statement,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error> + Send,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.query_block(statement, 1, params, &mut map, &mut found).await?;
        Ok(found)
    }

    /// The first row of a query, if there is one.
    pub async fn query_opt<T: Send>(
        &mut self,
        statement: &'static Statement,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, Error> + Send,
    ) -> Result<Option<T>, Error> {
        Ok(self.query(statement, params, map).await?.into_iter().next())
    }

    /// All rows of a query with an `IN ({list})`, whose members follow the `fixed` parameters. Up to
    /// 512 members are one statement. An empty list gives no rows without asking.
    pub async fn query_list<T: Send>(
        &mut self,
        statement: &'static Statement,
        fixed: &[Value<'_>],
        list: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error> + Send,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        for members in list.chunks(MAX_BLOCK) {
            let (block, params) = padded(fixed, members);
            self.query_block(statement, block, &params, &mut map, &mut found).await?;
        }
        Ok(found)
    }

    async fn query_block<T: Send>(
        &mut self,
        statement: &'static Statement,
        block: usize,
        params: &[Value<'_>],
        map: &mut (impl FnMut(&Row<'_>) -> Result<T, Error> + Send),
        found: &mut Vec<T>,
    ) -> Result<(), Error> {
        self.count(1)?;
        let outcome = match &self.line {
            Line::Sqlite(loan) => {
                let text = statement.text(Dialect::Sqlite, block);
                sqlite::query(loan, text, params, map, found)
            }
            Line::Postgres(client) => {
                let text = statement.text(Dialect::Postgres, block);
                postgres::query(client, text, params, map, found).await
            }
        };
        self.noting_failure(outcome)
    }

    fn count(&self, n: usize) -> Result<(), Error> {
        self.n_statements.fetch_add(n as u64, Ordering::Relaxed);
        if self.is_given_up { Err(Error::GivenUp) } else { Ok(()) }
    }

    fn noting_failure<T>(&mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        self.is_given_up |= outcome.is_err();
        outcome
    }
}

/// The fixed parameters followed by the list, filled up to a power of two with its last member:
/// `IN` does not mind the same member twice, and few lengths mean few prepared statements.
fn padded<'a>(fixed: &[Value<'a>], members: &[Value<'a>]) -> (usize, Vec<Value<'a>>) {
    let block = members.len().next_power_of_two();
    let last = members.last().copied().expect("chunks are never empty");
    let mut params = Vec::with_capacity(fixed.len() + block);
    params.extend_from_slice(fixed);
    params.extend_from_slice(members);
    params.resize(fixed.len() + block, last);
    (block, params)
}

impl Tx {
    pub(crate) fn new(session: Session) -> Self {
        Self { session, is_finished: false }
    }

    /// Runs a statement; the number of rows it changed.
    pub async fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Value<'_>],
    ) -> Result<u64, Error> {
        self.run(&[(statement, 1, params)]).await
    }

    /// Runs a statement with an `IN ({list})`; the number of rows it changed.
    pub async fn execute_list(
        &mut self,
        statement: &'static Statement,
        fixed: &[Value<'_>],
        list: &[Value<'_>],
    ) -> Result<u64, Error> {
        let blocks: Vec<_> = list.chunks(MAX_BLOCK).map(|members| padded(fixed, members)).collect();
        let batch: Vec<_> =
            blocks.iter().map(|(block, params)| (statement, *block, &params[..])).collect();
        self.run(&batch).await
    }

    /// Runs an `INSERT … VALUES {rows}`; `values` holds the rows one after another, each as wide as the
    /// columns that the statement names. The number of rows changed.
    pub async fn execute_rows(
        &mut self,
        statement: &'static Statement,
        values: &[Value<'_>],
    ) -> Result<u64, Error> {
        let width = statement.row_width();
        debug_assert_eq!(values.len() % width, 0, "{}: rows of unequal width", statement.name);
        let dialect = match self.session.line {
            Line::Sqlite(_) => Dialect::Sqlite,
            Line::Postgres(_) => Dialect::Postgres,
        };
        let mut rest = values;
        let mut batch = Vec::new();
        for block in Statement::blocks(values.len() / width, width, dialect) {
            let (now, later) = rest.split_at(block * width);
            batch.push((statement, block, now));
            rest = later;
        }
        self.run(&batch).await
    }

    /// Runs a statement once for each of `many` parameter lists; the number of rows changed by all.
    pub async fn execute_each<'a, P: AsRef<[Value<'a>]>>(
        &mut self,
        statement: &'static Statement,
        many: &[P],
    ) -> Result<u64, Error> {
        let batch: Vec<_> = many.iter().map(|params| (statement, 1, params.as_ref())).collect();
        self.run(&batch).await
    }

    /// Makes everything permanent and visible. [`Error::GivenUp`] after an error that was passed over;
    /// after [`Error::ConnectionLost`] it is not known whether it took effect.
    pub async fn commit(mut self) -> Result<(), Error> {
        if self.session.is_given_up {
            return Err(Error::GivenUp);
        }
        match &self.session.line {
            Line::Sqlite(loan) => loan.execute_batch("COMMIT")?,
            Line::Postgres(client) => client.batch_execute("COMMIT").await?,
        }
        self.is_finished = true;
        Ok(())
    }

    async fn run(
        &mut self,
        batch: &[(&'static Statement, usize, &[Value<'_>])],
    ) -> Result<u64, Error> {
        /// A long batch on SQLite lets other work run between parts of this many statements.
        const BEFORE_YIELD: usize = 64;
        self.session.count(batch.len())?;
        let outcome = match &self.session.line {
            Line::Sqlite(_) => {
                let mut n_changed = Ok(0);
                for part in batch.chunks(BEFORE_YIELD) {
                    n_changed = n_changed.and_then(|n| Ok(n + self.run_on_sqlite(part)?));
                    if batch.len() > BEFORE_YIELD {
                        tokio::task::yield_now().await;
                    }
                }
                n_changed
            }
            Line::Postgres(client) => {
                let texts: Vec<_> = batch
                    .iter()
                    .map(|(statement, block, params)| {
                        (statement.text(Dialect::Postgres, *block), *params)
                    })
                    .collect();
                postgres::execute_batch(client, &texts).await
            }
        };
        self.session.noting_failure(outcome)
    }

    fn run_on_sqlite(
        &self,
        part: &[(&'static Statement, usize, &[Value<'_>])],
    ) -> Result<u64, Error> {
        let Line::Sqlite(loan) = &self.session.line else {
            unreachable!("asked only on SQLite");
        };
        let mut n_changed = 0;
        for (statement, block, params) in part {
            n_changed += sqlite::execute(loan, statement.text(Dialect::Sqlite, *block), params)?;
        }
        Ok(n_changed)
    }

    /// One text column of whatever a text made at run time returns: for checks alone. Its parameters, of
    /// which SQLite wants to know, are all NULL.
    pub(crate) async fn lines(&mut self, text: &str, column: usize) -> Result<Vec<String>, Error> {
        let mut lines = Vec::new();
        match &self.session.line {
            Line::Sqlite(loan) => {
                let mut read = |row: &Row<'_>| row.get(column);
                let nulls = vec![Value::Null; loan.prepare(text)?.parameter_count()];
                sqlite::query(loan, text, &nulls, &mut read, &mut lines)?;
            }
            Line::Postgres(client) => {
                for row in client.simple_query(text).await? {
                    if let tokio_postgres::SimpleQueryMessage::Row(row) = row {
                        lines.push(row.get(column).unwrap_or_default().to_owned());
                    }
                }
            }
        }
        Ok(lines)
    }

    pub(crate) async fn run_script(&mut self, script: &str) -> Result<(), Error> {
        match &self.session.line {
            Line::Sqlite(loan) => loan.execute_batch(script)?,
            Line::Postgres(client) => client.batch_execute(script).await?,
        }
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        // SQLite's loan rolls back by itself. On PostgreSQL the order has to be sent without waiting;
        // whoever uses the connection next comes after it on the line.
        if let (Line::Postgres(client), false) = (&self.session.line, self.is_finished) {
            client.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

impl Reader {
    pub(crate) fn new(session: Session) -> Self {
        Self(session)
    }
}

impl Deref for Reader {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}

impl Deref for Tx {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}
