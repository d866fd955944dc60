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
pub fn masked_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end_of_authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // A password with an unescaped slash is a mistake, and still nobody's business.
    let end_of_user = rest.rfind('@').filter(|at| *at > end_of_authority || rest[..*at].contains(':'));
    let masked = match end_of_user.or_else(|| rest[..end_of_authority].rfind('@')) {
        Some(at) => {
            let user = rest[..at].split(':').next().unwrap_or_default();
            let secret = if rest[..at].contains(':') { ":***" } else { "" };
            format!("{user}{secret}{}", &rest[at..])
        }
        None => rest.to_owned(),
    };
    let Some((path, query)) = masked.split_once('?') else { return format!("{scheme}://{masked}") };
    let query: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some(("password", _)) => format!("password={MASK}"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{scheme}://{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_databases_address_is_masked_wherever_it_stands() {
        for (url, shown) in [
            ("postgres://siyu:geheim@db/siyu", "postgres://siyu:***@db/siyu"),
            ("postgres://siyu:ge@heim/x@db:5432/siyu", "postgres://siyu:***@db:5432/siyu"),
            ("postgres://siyu@db/siyu", "postgres://siyu@db/siyu"),
            ("postgres://db/siyu?user=a&password=b", "postgres://db/siyu?user=a&password=***"),
            ("sqlite:/var/lib/siyu/siyu.db", "sqlite:/var/lib/siyu/siyu.db"),
        ] {
            assert_eq!(masked_url(url), shown);
        }
    }
}
