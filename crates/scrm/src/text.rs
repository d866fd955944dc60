//! Text as it is stored for searching.

/// The text with ASCII letters in lower case: what searches compare. Only ASCII, because the two
/// databases fold other letters differently, or not at all.
pub fn folded(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// A `LIKE` pattern (with `ESCAPE '\'`) for texts that hold `part` anywhere, folded; `%` and `_` in it
/// are ordinary characters.
pub fn like_part(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 8);
    pattern.push('%');
    for letter in folded(part).chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// Whether a text can be stored on both databases: PostgreSQL takes no NUL.
pub fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_searched_part_are_ordinary_characters() {
        assert_eq!(like_part("100%_A\\群"), "%100\\%\\_a\\\\群%");
    }
}
