//! Settings as they may be shown: without secrets.

use super::Settings;

const MASK: &str = "***";

/// The settings in force with defaults filled in and secrets masked.
pub fn masked(settings: &Settings) -> Settings {
    let mut shown = settings.clone();
    shown.database.url = masked_url(&settings.database_url());
    shown.secrets.master_key_file = settings.master_key_file();
    if !settings.secrets.master_key.is_empty() {
        MASK.clone_into(&mut shown.secrets.master_key);
    }
    shown
}

/// A database address without its password, also where that stands in the query.
fn masked_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // An @ after a ? may belong to a password in the query, or the ? to one before the place: who cannot
    // tell shows nothing.
    if rest.split_once('?').is_some_and(|(_, query)| query.contains('@')) {
        return format!("{scheme}://{MASK}");
    }
    // The last @ ends the password, even one with signs that should have been escaped.
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let user = match user.split_once(':') {
        Some((name, _)) => format!("{name}:{MASK}@"),
        None if user.is_empty() => String::new(),
        None => format!("{user}@"),
    };
    let (path, query) = place.split_once('?').unwrap_or((place, ""));
    let query: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some(("password", _)) => format!("password={MASK}"),
            _ => pair.to_owned(),
        })
        .collect();
    let mark = if place.contains('?') { "?" } else { "" };
    format!("{scheme}://{user}{path}{mark}{}", query.join("&"))
}
