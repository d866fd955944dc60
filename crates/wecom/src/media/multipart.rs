//! A form with one file in it, as WeCom reads it.
//!
//! Ready-made forms write a Chinese name as `filename*=`, or URL-encoded; WeCom does not know the
//! one and shows the other as it stands. Here the name is raw UTF-8 between quotes.

use bytes::Bytes;

use super::MediaFile;

pub(super) struct Form {
    pub content_type: String,
    pub body: Bytes,
}

/// The form, or why there can be none.
pub(super) fn form(file: &MediaFile) -> Result<Form, &'static str> {
    let MediaFile { name, content_type, bytes } = file;
    if name.is_empty() || name.contains(char::is_control) {
        return Err("the file's name is empty or has control characters");
    }
    if content_type.is_empty() || !content_type.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err("the file's content type is empty or no plain text");
    }
    let name = name.replace('"', "'").replace('\\', "_");
    let boundary = boundary(bytes);
    let n_bytes = bytes.len();
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"{name}\"; \
         filelength={n_bytes}\r\nContent-Type: {content_type}\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), bytes, tail.as_bytes()].concat();
    let content_type = format!("multipart/form-data; boundary={boundary}");
    Ok(Form { content_type, body: body.into() })
}

/// A boundary that does not occur in `bytes`.
fn boundary(bytes: &[u8]) -> String {
    let mut n_tried = 0_u64;
    loop {
        let boundary = format!("----wecom-{n_tried:016x}");
        if !bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes()) {
            return boundary;
        }
        n_tried += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: &[u8]) -> MediaFile {
        MediaFile {
            name: name.to_owned(),
            content_type: "image/png".to_owned(),
            bytes: Bytes::copy_from_slice(bytes),
        }
    }

    #[test]
    fn a_form_is_fixed_to_the_byte_and_keeps_bytes_that_are_no_text() {
        let form = form(&file("早报😀.png", &[0, 255, 13, 10, 45, 45])).unwrap();
        assert_eq!(form.content_type, "multipart/form-data; boundary=----wecom-0000000000000000");
        let expected = [
            b"------wecom-0000000000000000\r\nContent-Disposition: form-data; name=\"media\"; \
              filename=\"",
            "早报😀.png".as_bytes(),
            b"\"; filelength=6\r\nContent-Type: image/png\r\n\r\n\0\xff\r\n--",
            b"\r\n------wecom-0000000000000000--\r\n",
        ];
        assert_eq!(form.body, expected.concat());
    }

    #[test]
    fn a_name_cannot_break_out_of_its_quotes() {
        let form = form(&file("a\"; name=\"b\\", b"123456")).unwrap();
        let body = String::from_utf8(form.body.to_vec()).unwrap();
        assert!(body.contains("filename=\"a'; name='b_\"; filelength=6\r\n"), "{body}");
    }

    #[test]
    fn names_and_types_with_control_characters_and_empty_ones_are_refused() {
        for name in ["", "a\0b", "a\r\nX: y", "a\tb", "a\u{85}b"] {
            assert!(form(&file(name, b"123456")).is_err(), "{name:?}");
        }
        for content_type in ["", "image/png\r\nX: y", "图片"] {
            let file = MediaFile { content_type: content_type.to_owned(), ..file("a", b"123456") };
            assert!(form(&file).is_err(), "{content_type:?}");
        }
    }

    #[test]
    fn a_file_that_contains_the_boundary_gets_another() {
        let form = form(&file("a", b"\r\n------wecom-0000000000000000--\r\n")).unwrap();
        assert!(form.content_type.ends_with("=----wecom-0000000000000001"));
    }
}
