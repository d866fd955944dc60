//! PostgreSQL: a pool of connections, statements prepared once a connection, batches pipelined.

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::{TryStreamExt as _, future::try_join_all};
use tokio_postgres::{
    NoTls,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use crate::{Error, Row, Value, db::Options, row::RowOf};

/// Statements of one batch that are under way at a time; more would only fill buffers.
const N_PIPELINED: usize = 16;

const GIVE_UP_AFTER: std::time::Duration = std::time::Duration::from_secs(30);

pub(crate) fn open(address: &str, options: &Options) -> Result<Pool, Error> {
    let mut config: tokio_postgres::Config = address
        .parse()
        .map_err(|error| Error::BadAddress(format!("is not understood: {error}")))?;
    // A server whose machine has vanished is noticed in half a minute, not in hours.
    config.tcp_user_timeout(GIVE_UP_AFTER).keepalives_idle(GIVE_UP_AFTER);
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    Pool::builder(manager)
        .max_size(options.n_connections.max(1))
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(std::time::Duration::from_millis(options.busy_wait_ms)))
        .create_timeout(Some(std::time::Duration::from_secs(10)))
        .build()
        .map_err(|error| Error::BadAddress(error.to_string()))
}

pub(crate) async fn client(pool: &Pool) -> Result<Object, Error> {
    use deadpool_postgres::{PoolError, TimeoutType};
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => match error.into() {
            // A server that refuses the user or does not have the database says so itself.
            Error::Postgres(error) => Error::Postgres(error),
            Error::ConnectionLost(text) => Error::ConnectionLost(text),
            other => other,
        },
        PoolError::Timeout(TimeoutType::Wait) => Error::Busy,
        other => Error::ConnectionLost(other.to_string()),
    })
}

pub(crate) async fn query<T>(
    client: &Object,
    text: &str,
    params: &[Value<'_>],
    map: &mut (impl FnMut(&Row<'_>) -> Result<T, Error> + Send),
    found: &mut Vec<T>,
) -> Result<(), Error> {
    let statement = client.prepare_cached(text).await?;
    let rows = client.query_raw(&statement, refs(params)).await?;
    let mut rows = std::pin::pin!(rows);
    while let Some(row) = rows.try_next().await? {
        found.push(map(&Row(RowOf::Postgres(&row)))?);
    }
    Ok(())
}

pub(crate) async fn execute(
    client: &Object,
    text: &str,
    params: &[Value<'_>],
) -> Result<u64, Error> {
    let statement = client.prepare_cached(text).await?;
    Ok(client.execute_raw(&statement, refs(params)).await?)
}

/// Runs the statements of a batch, each (text, parameters), without waiting for one reply before the
/// next is sent. The rows that all of them changed.
pub(crate) async fn execute_batch(
    client: &Object,
    batch: &[(&str, &[Value<'_>])],
) -> Result<u64, Error> {
    let mut n_changed = 0;
    for part in batch.chunks(N_PIPELINED) {
        let under_way = part.iter().map(|(text, params)| execute(client, text, params));
        n_changed += try_join_all(under_way).await?.into_iter().sum::<u64>();
    }
    Ok(n_changed)
}

fn refs<'a>(params: &'a [Value<'a>]) -> impl ExactSizeIterator<Item = &'a (dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync))
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (*self, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(value), &Type::INT8) => value.to_sql(kind, out),
            (Value::Int(value), &Type::INT4) => i32::try_from(value)?.to_sql(kind, out),
            (Value::Bool(value), &Type::BOOL) => value.to_sql(kind, out),
            (Value::Real(value), &Type::FLOAT8) => value.to_sql(kind, out),
            (Value::Text(value), &(Type::TEXT | Type::VARCHAR | Type::NAME)) => {
                value.to_sql(kind, out)
            }
            (Value::Bytes(value), &Type::BYTEA) => value.to_sql(kind, out),
            (value, kind) => Err(format!("{value:?} given for a parameter of type {kind}").into()),
        }
    }

    fn accepts(_kind: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
