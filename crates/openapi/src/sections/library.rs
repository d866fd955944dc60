//! 素材: the library of files. Ours.

use base64::Engine as _;
use schemars::JsonSchema;
use scrm::{
    FileId, Zone,
    files::{self, File, NewFile},
};
use serde::{Deserialize, Serialize};

use super::{MATERIALS, given_file};
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{HttpAddress, Id, Optional, PageNo, PageOf, PageSize, Text, page},
};

/// The largest file in base64.
const MAX_BASE64_CHARS: usize = files::MAX_BYTES.div_ceil(3) * 4;
/// A body with the largest file and the rest of the request.
const MAX_BODY_BYTES: usize = MAX_BASE64_CHARS + (64 << 10);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            About {
                path: "/api/v3/materials/files/upload",
                title_zh: "上传文件",
                title: "keep a file",
                about: "Keeps a file of 6 bytes to 20 MiB, given as base64 in content or by the address in \
                        fileUrl. Of equal content and name there is one file. Its id is what fileId of \
                        sopDatas takes.",
                section: MATERIALS,
                scope: "materials:write",
                origin: Origin::Ours,
                request_example: r#"{"fileName":"海报.png","content":"iVBORw0KGgoAAAAA"}"#,
            },
            upload,
            LibraryFile::example,
        )
        .with_max_body_bytes(MAX_BODY_BYTES),
        Endpoint::new(
            About {
                path: "/api/v3/materials/files/list",
                title_zh: "查询文件列表",
                title: "list files",
                about: "A page of the files, newest first.",
                section: MATERIALS,
                scope: "materials:read",
                origin: Origin::Ours,
                request_example: r#"{"pageNo":1,"pageSize":20}"#,
            },
            list,
            || PageOf::new(scrm::Page { no: 1, size: 20 }, 1, vec![LibraryFile::example()]),
        ),
        Endpoint::new(
            About {
                path: "/api/v3/materials/files/delete",
                title_zh: "删除文件",
                title: "delete a file",
                about: "Deletes a file: it is not listed and cannot be used anew. What was planned with it is \
                        still sent.",
                section: MATERIALS,
                scope: "materials:write",
                origin: Origin::Ours,
                request_example: r#"{"fileId":10004}"#,
            },
            delete,
            || 10_004,
        ),
    ]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", default)]
struct UploadFile {
    /// What receivers see; needed with content, else the one in the address unless given.
    file_name: Optional<Text<0, { files::MAX_NAME_CHARS }>>,
    /// The file in base64.
    content: Optional<Text<0, MAX_BASE64_CHARS>>,
    /// Where the file is fetched; content goes before it.
    file_url: Optional<HttpAddress>,
    /// The file's MD5, 32 hexadecimal digits; when given, the file must have it.
    sign: Optional<Text<0, 32>>,
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", default)]
struct ListFiles {
    page_no: Optional<PageNo>,
    page_size: Optional<PageSize>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DeleteFile {
    file_id: Id,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LibraryFile {
    file_id: i64,
    file_name: String,
    /// By its content: image/jpeg, image/png, video/mp4 or application/octet-stream.
    mime_type: &'static str,
    file_size: u64,
    /// Its MD5, 32 hexadecimal digits.
    sign: String,
    /// Where it was fetched; "" when it was uploaded.
    source_url: String,
    /// yyyy-MM-dd HH:mm:ss
    create_time: String,
}

async fn upload(caller: &Caller, request: UploadFile) -> Result<LibraryFile, Refusal> {
    let Caller { scrm, corp, .. } = caller;
    let name = request.file_name.0.as_ref().map(|Text(name)| name.as_str());
    let sign = request.sign.0.as_ref().map(|Text(sign)| sign.as_str());
    let kept = if let Some(Text(content)) = &request.content.0 {
        let name = name.ok_or_else(|| Refusal::field("fileName", "is required with content"))?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(content);
        let bytes = bytes.map_err(|_| Refusal::field("content", "is not base64"))?;
        let kept = files::keep(scrm, corp.id, NewFile { name, source_url: "", md5: sign }, &bytes);
        kept.await.map_err(|error| given_file::refusal("", "content", error))?
    } else {
        let HttpAddress(url) = request
            .file_url
            .0
            .as_ref()
            .ok_or_else(|| Refusal::field("fileUrl", "fileUrl or content is required"))?;
        let fetched = files::fetch(scrm, corp.id, url, name, sign).await;
        fetched.map_err(|error| given_file::refusal("", "fileUrl", error))?
    };
    Ok(LibraryFile::new(kept, &corp.zone))
}

async fn list(caller: &Caller, request: ListFiles) -> Result<PageOf<LibraryFile>, Refusal> {
    let page = page(request.page_no, request.page_size);
    let (found, n_total) = files::list(&caller.scrm, caller.corp.id, page).await?;
    let zone = &caller.corp.zone;
    let rows = found.into_iter().map(|file| LibraryFile::new(file, zone)).collect();
    Ok(PageOf::new(page, n_total, rows))
}

async fn delete(caller: &Caller, request: DeleteFile) -> Result<i64, Refusal> {
    let Id(id) = request.file_id;
    files::delete(&caller.scrm, caller.corp.id, FileId(id)).await?;
    Ok(id)
}

impl LibraryFile {
    fn new(file: File, zone: &Zone) -> Self {
        Self {
            file_id: file.id.0,
            file_name: file.name,
            mime_type: file.format.mime(),
            file_size: file.n_bytes,
            sign: file.md5,
            source_url: file.source_url,
            create_time: zone.seconds_text(file.created_at_ms),
        }
    }

    fn example() -> Self {
        Self {
            file_id: 10_004,
            file_name: "海报.png".to_owned(),
            mime_type: "image/png",
            file_size: 12,
            sign: "e807f1fcf82d132f9bb018ca6738a19f".to_owned(),
            source_url: String::new(),
            create_time: "2026-04-26 11:35:00".to_owned(),
        }
    }
}
