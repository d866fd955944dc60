//! JSON made readable without changing it: members keep their order and numbers their digits, which a
//! value parsed and written again would not.

/// The same text with a member or element a line.
pub fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut signs = json.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            _ if in_text => {
                out.push(sign);
                match sign {
                    '\\' => out.extend(signs.next()),
                    '"' => in_text = false,
                    _ => {}
                }
            }
            '"' => {
                in_text = true;
                out.push(sign);
            }
            '{' | '[' => {
                out.push(sign);
                while signs.peek().is_some_and(|next| next.is_ascii_whitespace()) {
                    signs.next();
                }
                match signs.peek() {
                    Some('}' | ']') => out.extend(signs.next()),
                    _ => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(sign);
            }
            ',' => {
                out.push(sign);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ if sign.is_ascii_whitespace() => {}
            _ => out.push(sign),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}
