//! What a mass message carries besides its text, in WeCom's form
//! `{"msgtype":"link","link":{…}}`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An attachment of a mass message. Media ids come from `media/upload` and last 3 days. [D92135]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value", into = "Value")]
pub enum Attachment {
    /// A picture.
    Image(ImageSource),
    /// A card that opens a page.
    Link {
        /// Up to 128 bytes, not empty.
        title: String,
        /// The picture's address, up to 2048 bytes; may be empty.
        picurl: String,
        /// Up to 512 bytes; may be empty.
        desc: String,
        /// Up to 2048 bytes, not empty.
        url: String,
    },
    /// A card that opens a mini program linked to the corp.
    MiniProgram {
        /// Up to 64 bytes.
        title: String,
        /// The cover, 520 × 416.
        pic_media_id: String,
        /// The mini program's appid.
        appid: String,
        /// The page inside it.
        page: String,
    },
    /// A video.
    Video {
        /// Its media id.
        media_id: String,
    },
    /// A file.
    File {
        /// Its media id.
        media_id: String,
    },
    /// What WeCom listed and this crate does not know, unchanged.
    Other(Value),
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// From `media/upload`. WeCom prefers it when both are given.
    MediaId(String),
    /// From `media/uploadimg`; WeCom takes no other addresses.
    PicUrl(String),
}

impl From<Attachment> for Value {
    fn from(attachment: Attachment) -> Self {
        match attachment {
            Attachment::Image(ImageSource::MediaId(media_id)) => {
                json!({"msgtype": "image", "image": {"media_id": media_id}})
            }
            Attachment::Image(ImageSource::PicUrl(pic_url)) => {
                json!({"msgtype": "image", "image": {"pic_url": pic_url}})
            }
            Attachment::Link { title, picurl, desc, url } => {
                let mut link = json!({"title": title, "url": url});
                for (name, text) in [("picurl", picurl), ("desc", desc)] {
                    if !text.is_empty() {
                        link[name] = text.into();
                    }
                }
                json!({"msgtype": "link", "link": link})
            }
            Attachment::MiniProgram { title, pic_media_id, appid, page } => json!({
                "msgtype": "miniprogram",
                "miniprogram": {
                    "title": title, "pic_media_id": pic_media_id, "appid": appid, "page": page,
                },
            }),
            Attachment::Video { media_id } => {
                json!({"msgtype": "video", "video": {"media_id": media_id}})
            }
            Attachment::File { media_id } => {
                json!({"msgtype": "file", "file": {"media_id": media_id}})
            }
            Attachment::Other(value) => value,
        }
    }
}

impl From<Value> for Attachment {
    fn from(value: Value) -> Self {
        let kind = value["msgtype"].as_str().unwrap_or_default();
        let content = &value[kind];
        let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
        match kind {
            _ if !content.is_object() => Self::Other(value),
            "image" => match (text("media_id"), text("pic_url")) {
                (media_id, _) if !media_id.is_empty() => {
                    Self::Image(ImageSource::MediaId(media_id))
                }
                (_, pic_url) if !pic_url.is_empty() => Self::Image(ImageSource::PicUrl(pic_url)),
                _ => Self::Other(value),
            },
            "link" => Self::Link {
                title: text("title"),
                picurl: text("picurl"),
                desc: text("desc"),
                url: text("url"),
            },
            "miniprogram" => Self::MiniProgram {
                title: text("title"),
                pic_media_id: text("pic_media_id"),
                appid: text("appid"),
                page: text("page"),
            },
            "video" => Self::Video { media_id: text("media_id") },
            "file" => Self::File { media_id: text("media_id") },
            _ => Self::Other(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<Attachment> {
        vec![
            Attachment::Image(ImageSource::MediaId("MEDIA_ID".to_owned())),
            Attachment::Image(ImageSource::PicUrl("https://p.example/1".to_owned())),
            Attachment::Link {
                title: "消息标题".to_owned(),
                picurl: "https://example.pic.com/path".to_owned(),
                desc: "消息描述".to_owned(),
                url: "https://example.link.com/path".to_owned(),
            },
            Attachment::Link {
                title: "t".to_owned(),
                picurl: String::new(),
                desc: String::new(),
                url: "https://example.link.com/path".to_owned(),
            },
            Attachment::MiniProgram {
                title: "消息标题".to_owned(),
                pic_media_id: "MEDIA_ID".to_owned(),
                appid: "wx8bd80126147dfAAA".to_owned(),
                page: "/path/index.html".to_owned(),
            },
            Attachment::Video { media_id: "MEDIA_ID".to_owned() },
            Attachment::File { media_id: "MEDIA_ID".to_owned() },
            Attachment::Other(json!({"msgtype": "hologram", "hologram": {"depth": 3}})),
        ]
    }

    #[test]
    fn every_kind_written_and_read_again_is_the_same() {
        let written = serde_json::to_string(&every_kind()).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Attachment>>(&written).unwrap(), every_kind());
    }

    #[test]
    fn a_link_has_wecoms_form_and_leaves_out_what_is_empty() {
        assert_eq!(
            Value::from(every_kind().remove(3)),
            json!({
                "msgtype": "link",
                "link": {"title": "t", "url": "https://example.link.com/path"},
            })
        );
    }

    #[test]
    fn of_two_sources_of_a_picture_the_media_id_wins() {
        let both = json!({"msgtype": "image", "image": {"media_id": "M", "pic_url": "http://p"}});
        let attachment = Attachment::from(both);
        assert_eq!(attachment, Attachment::Image(ImageSource::MediaId("M".to_owned())));
    }

    #[test]
    fn an_attachment_without_its_object_is_kept_as_it_came() {
        for odd in
            [json!({"msgtype": "image"}), json!({"msgtype": "video", "video": "M"}), json!(7)]
        {
            assert_eq!(Attachment::from(odd.clone()), Attachment::Other(odd));
        }
    }
}
