//! The same behaviour on both databases.

use crate::{
    Db, Error, Migration, Options, Value, check, migrate, on_both, params, statements,
    testing::TestDb,
};

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "animals",
    sqlite: "CREATE TABLE animals (zoo_id INTEGER NOT NULL, animal_id INTEGER NOT NULL, \
             name TEXT NOT NULL, is_wild INTEGER NOT NULL, weight REAL, portrait BLOB, \
             PRIMARY KEY (zoo_id, animal_id)) STRICT, WITHOUT ROWID; \
             CREATE UNIQUE INDEX animals_name ON animals (zoo_id, name);",
    postgres: "CREATE TABLE animals (zoo_id BIGINT NOT NULL, animal_id BIGINT NOT NULL, \
               name TEXT NOT NULL, is_wild BOOLEAN NOT NULL, weight DOUBLE PRECISION, portrait BYTEA, \
               PRIMARY KEY (zoo_id, animal_id)); \
               CREATE UNIQUE INDEX animals_name ON animals (zoo_id, name);",
}];

statements! {
    ADD = "INSERT INTO animals (zoo_id, animal_id, name, is_wild, weight, portrait) VALUES {rows}";
    // $2 stands before $1 on purpose.
    FIND = "SELECT name, is_wild, weight, portrait FROM animals WHERE animal_id = $2 AND zoo_id = $1";
    NAMES = "SELECT name FROM animals WHERE zoo_id = $1 AND animal_id IN ({list}) ORDER BY animal_id";
    COUNT = "SELECT CAST(count(*) AS BIGINT) FROM animals WHERE zoo_id = $1";
    RENAME = "UPDATE animals SET name = $3 WHERE zoo_id = $1 AND animal_id = $2";
    REMOVE = "DELETE FROM animals WHERE zoo_id = $1 AND animal_id IN ({list})";
    BY_WEIGHT = "SELECT name FROM animals WHERE weight = $1";
}

async fn add(db: &Db, animals: &[(i64, &str)]) -> Result<u64, Error> {
    let values: Vec<Value<'_>> = animals
        .iter()
        .flat_map(|&(id, name)| params![1, id, name, id % 2 == 0, 1.5, &[7_u8, 0][..]])
        .collect();
    let mut tx = db.begin().await?;
    let n_added = tx.execute_rows(&ADD, &values).await?;
    tx.commit().await?;
    Ok(n_added)
}

async fn count(db: &Db) -> i64 {
    let mut reader = db.reader().await.unwrap();
    reader.query_opt(&COUNT, &params![1], |row| row.get(0)).await.unwrap().unwrap()
}

on_both! { MIGRATIONS,
    async fn parameters_go_to_their_numbers_and_every_type_comes_back(test: &TestDb) {
        add(&test.db, &[(4, "虎 🐅"), (5, "o'hare")]).await.unwrap();
        let mut reader = test.db.reader().await.unwrap();
        let found: (String, bool, Option<f64>, Vec<u8>) = reader
            .query_opt(&FIND, &params![1, 4], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found, ("虎 🐅".to_owned(), true, Some(1.5), vec![7, 0]));
    }

    async fn batches_and_lists_of_any_length_are_whole(test: &TestDb) {
        let names: Vec<String> = (0..1_100).map(|n| format!("animal {n}")).collect();
        let animals: Vec<(i64, &str)> = (0..).zip(names.iter().map(String::as_str)).collect();
        assert_eq!(add(&test.db, &animals).await.unwrap(), 1_100);
        let wanted: Vec<Value<'_>> = (0..1_025).map(|id: i64| Value::from(id)).collect();
        let before = test.db.n_statements();
        let mut reader = test.db.reader().await.unwrap();
        let found: Vec<String> =
            reader.query_list(&NAMES, &params![1], &wanted, |row| row.get(0)).await.unwrap();
        assert_eq!(found, names[..1_025]);
        assert_eq!(test.db.n_statements() - before, 3, "512 + 512 + 1 members");
        drop(reader);
        let mut tx = test.db.begin().await.unwrap();
        assert_eq!(tx.execute_list(&REMOVE, &params![1], &wanted[..700]).await.unwrap(), 700);
        let renames: Vec<_> = (700..900).map(|id: i64| (id, format!("renamed {id}"))).collect();
        let renames: Vec<_> = renames.iter().map(|(id, name)| params![1, *id, name]).collect();
        assert_eq!(tx.execute_each(&RENAME, &renames).await.unwrap(), 200);
        tx.commit().await.unwrap();
        assert_eq!(count(&test.db).await, 400);
    }

    async fn a_dropped_transaction_leaves_nothing_and_the_next_one_works(test: &TestDb) {
        let mut tx = test.db.begin().await.unwrap();
        tx.execute_rows(&ADD, &params![1, 1, "gone", false, 0.5, Value::Null]).await.unwrap();
        drop(tx);
        assert_eq!(count(&test.db).await, 0);
        assert_eq!(add(&test.db, &[(1, "stays")]).await.unwrap(), 1);
    }

    async fn a_second_row_with_the_same_key_names_the_index(test: &TestDb) {
        add(&test.db, &[(1, "lion")]).await.unwrap();
        let of = async |animals| match add(&test.db, animals).await {
            Err(Error::UniqueViolation { constraint }) => constraint,
            other => panic!("{other:?}"),
        };
        assert_eq!(of(&[(2, "lion")]).await, "animals_name");
        assert_eq!(of(&[(1, "bear")]).await, "animals_pkey");
    }

    async fn a_transaction_with_a_failed_statement_cannot_be_committed(test: &TestDb) {
        add(&test.db, &[(1, "lion")]).await.unwrap();
        let mut tx = test.db.begin().await.unwrap();
        tx.execute(&RENAME, &params![1, 1, "changed"]).await.unwrap();
        tx.execute_rows(&ADD, &params![1, 1, "x", false, 0.5, Value::Null]).await.unwrap_err();
        assert!(matches!(tx.execute(&RENAME, &params![1, 1, "y"]).await, Err(Error::GivenUp)));
        assert!(matches!(tx.commit().await, Err(Error::GivenUp)));
        let mut reader = test.db.reader().await.unwrap();
        let name: String =
            reader.query_opt(&FIND, &params![1, 1], |row| row.get(0)).await.unwrap().unwrap();
        assert_eq!(name, "lion");
    }

    async fn a_parameter_too_many_or_too_few_is_an_error(test: &TestDb) {
        let mut reader = test.db.reader().await.unwrap();
        reader.query(&COUNT, &params![1, 2], |_| Ok(())).await.unwrap_err();
        let mut reader = test.db.reader().await.unwrap();
        reader.query(&COUNT, &[], |_| Ok(())).await.unwrap_err();
    }

    async fn a_column_of_another_type_is_an_error_that_names_it(test: &TestDb) {
        add(&test.db, &[(1, "lion")]).await.unwrap();
        let mut reader = test.db.reader().await.unwrap();
        let asked = reader.query(&FIND, &params![1, 1], |row| row.get::<i64>(0)).await;
        assert!(matches!(asked, Err(Error::Column { index: 0, .. })), "{asked:?}");
    }

    async fn migrating_again_changes_nothing_and_a_newer_schema_is_refused(test: &TestDb) {
        assert_eq!(migrate(&test.db, MIGRATIONS, 0).await.unwrap(), 0);
        let refusal = migrate(&test.db, &[], 0).await.unwrap_err();
        assert!(matches!(refusal, Error::SchemaTooNew { found: 1, known: 0 }), "{refusal}");
        assert_eq!(crate::schema_version(&test.db).await.unwrap(), Some(1));
    }

    async fn a_migration_that_fails_leaves_the_schema_as_it_was(test: &TestDb) {
        let broken = Migration {
            version: 2,
            name: "broken",
            sqlite: "CREATE TABLE half (id INTEGER NOT NULL PRIMARY KEY) STRICT; SELECT nonsense;",
            postgres: "CREATE TABLE half (id BIGINT NOT NULL PRIMARY KEY); SELECT nonsense;",
        };
        migrate(&test.db, &[MIGRATIONS[0], broken], 0).await.unwrap_err();
        assert_eq!(crate::schema_version(&test.db).await.unwrap(), Some(1));
        let schema = check::schema(&test.db).await.unwrap();
        assert!(!schema.iter().any(|line| line.contains("half")), "{schema:?}");
    }

    async fn a_plan_tells_a_full_scan_from_a_keyed_search(test: &TestDb) {
        let plans = check::plans(&test.db, ALL).await.unwrap();
        let scanning: Vec<_> = plans.iter().filter(|plan| plan.scans()).map(|p| p.name).collect();
        assert_eq!(scanning, [BY_WEIGHT.name]);
    }
}

#[tokio::test]
async fn both_schemas_read_the_same() {
    let sqlite = crate::testing::sqlite(MIGRATIONS).await;
    let postgres = crate::testing::postgres(MIGRATIONS).await;
    let schema = check::schema(&sqlite.db).await.unwrap();
    assert_eq!(schema, check::schema(&postgres.db).await.unwrap());
    assert!(schema.contains(&"index animals.animals_name unique (zoo_id, name)".to_owned()));
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_busy_after_the_wait() {
    let test = crate::testing::sqlite(MIGRATIONS).await;
    let options = Options { n_connections: 1, busy_wait_ms: 60 };
    let other = Db::open(&test.address, &options).unwrap();
    let held = test.db.begin().await.unwrap();
    assert!(matches!(other.begin().await.err(), Some(Error::Busy)));
    drop(held);
    other.begin().await.unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_a_lost_connection() {
    let nobody = Db::open("postgres://nobody@127.0.0.1:9/none", &Options::default()).unwrap();
    assert!(matches!(nobody.reader().await.err(), Some(Error::ConnectionLost(_))));
}

#[test]
fn an_address_of_another_kind_is_refused() {
    let refusal = Db::open("mysql://host/db", &Options::default()).err().unwrap();
    assert!(refusal.to_string().contains("sqlite: or postgres://"), "{refusal}");
}
