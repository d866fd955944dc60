//! Putting the layers together.

use std::{fmt, marker::PhantomData, path::Path, str::FromStr};

use anyhow::{Context as _, bail};
use config::{Config, File, FileFormat};
use serde::{Deserializer, de};

use super::{Settings, Source, checks, source};

const DEFAULTS: &str = include_str!("../../../../config.default.toml");
const DEFAULT_FILE: &str = "siyu.toml";

/// The settings in force. `flags` are further ones given to the command, by name (`server.listen`).
///
/// Every error names the setting or the file, and what to write instead.
pub fn load(from: &Source, flags: &[(&str, Option<String>)]) -> anyhow::Result<Settings> {
    let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    if let Some(file) = &from.config {
        if !file.is_file() {
            bail!("there is no settings file {}", file.display());
        }
        builder = builder.add_source(File::from(file.as_path()).format(FileFormat::Toml));
    } else if Path::new(DEFAULT_FILE).is_file() {
        builder = builder.add_source(File::from(Path::new(DEFAULT_FILE)).format(FileFormat::Toml));
    }
    for (key, value) in source::environment(&names()?)? {
        builder = builder.set_override(key, value)?;
    }
    let data = from.data.as_ref().map(|folder| folder.display().to_string());
    let own = [("data_dir", data), ("database.url", from.database.clone())];
    for (key, value) in own.iter().chain(flags) {
        builder = builder.set_override_option(*key, value.clone())?;
    }
    finished(builder.build().context("the settings cannot be read")?)
}

/// The built-in settings with some changed, whatever files and environment say.
pub fn built_in(changes: &[(&str, String)]) -> anyhow::Result<Settings> {
    let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    for (key, value) in changes {
        builder = builder.set_override(*key, value.clone())?;
    }
    finished(builder.build().context("the built-in settings cannot be read")?)
}

/// The names of all settings, as `server.listen`.
fn names() -> anyhow::Result<Vec<String>> {
    let defaults: toml::Table =
        toml::from_str(DEFAULTS).context("the built-in settings cannot be read")?;
    let mut names = Vec::new();
    for (section, value) in &defaults {
        match value.as_table() {
            Some(table) => names.extend(table.keys().map(|name| format!("{section}.{name}"))),
            None => names.push(section.clone()),
        }
    }
    Ok(names)
}

fn finished(layers: Config) -> anyhow::Result<Settings> {
    let settings: Settings = serde_path_to_error::deserialize(layers).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if path == "." {
            anyhow::anyhow!("wrong setting: {cause}")
        } else {
            anyhow::anyhow!("wrong setting {path}: {cause}")
        }
    })?;
    checks::check(&settings)?;
    Ok(settings)
}

/// A list from the file, or from one text with commas between (environment and flags).
pub(super) fn list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(ListVisitor(PhantomData))
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> de::Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or a text with commas between")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(element).collect()
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(text) = sequence.next_element::<String>()? {
            elements.push(element(text.trim())?);
        }
        Ok(elements)
    }
}

fn element<T: FromStr<Err: fmt::Display>, E: de::Error>(text: &str) -> Result<T, E> {
    text.parse().map_err(|error| E::custom(format!("{text:?}: {error}")))
}
