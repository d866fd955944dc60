//! What a file is, told by its first bytes and never by its name.

use serde::{Deserialize, Serialize};

/// What a file holds. Stored as these numbers, and by name in contents of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i64)]
pub enum Format {
    /// Anything else than what follows.
    Other = 0,
    /// A JPEG picture.
    Jpg = 1,
    /// A PNG picture.
    Png = 2,
    /// An MP4 video.
    Mp4 = 3,
}

/// Brands of files that are built like MP4 and are none: pictures, sound, QuickTime.
const NO_VIDEO_BRANDS: [&[u8]; 10] =
    [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"qt  ", b"crx "];

impl Format {
    /// The format of a file with these contents.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"\xff\xd8\xff") {
            Self::Jpg
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Self::Png
        } else if bytes.get(4..8) == Some(b"ftyp")
            && bytes.get(8..12).is_some_and(|brand| !NO_VIDEO_BRANDS.contains(&brand))
        {
            Self::Mp4
        } else {
            Self::Other
        }
    }

    /// Its media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Other => "application/octet-stream",
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Mp4 => "video/mp4",
        }
    }

    /// Whether it is a picture that WeCom takes.
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpg | Self::Png)
    }

    pub(super) fn from_column(number: i64) -> Result<Self, store::Error> {
        [Self::Other, Self::Jpg, Self::Png, Self::Mp4]
            .into_iter()
            .find(|format| *format as i64 == number)
            .ok_or(store::Error::Column { index: 0, expected: "a format of a file" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(Format::of(b"\xff\xd8\xff\xe0JFIF"), Format::Jpg);
        assert_eq!(Format::of(b"\x89PNG\r\n\x1a\n...."), Format::Png);
        assert_eq!(Format::of(b"\0\0\0\x18ftypmp42...."), Format::Mp4);
        for other in
            [&b"\0\0\0\x18ftypheic"[..], b"\0\0\0\x14ftypqt  ", b"\0\0\0\x18ftyp", b"GIF89a", b""]
        {
            assert_eq!(Format::of(other), Format::Other);
        }
    }
}
