//! The plain pages: what an owner is to send by hand, the front page, and what is shown instead.
//!
//! Everything that comes from outside is escaped here and nowhere else. No script: a tap on a text
//! selects it whole, ready to copy.

use std::fmt::Write as _;

use scrm::{
    send::{NoticePage, PageTask},
    sop::{ContentItem, LinkCard, TaskState},
};

/// The style of all pages; their policy forbids styles inside them.
pub const CSS: &str = include_str!("page.css");

/// The front page.
pub const HOME: &str = concat!(
    "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
    "<title>Siyu</title><link rel=\"stylesheet\" href=\"/page.css\"></head><body><main>",
    "<h1>Siyu 私域</h1><p>企业微信私域运营服务正在运行。</p>",
    "<p lang=\"en\">Siyu is running: customer groups of WeCom, SOPs on them, and the v3 open API.</p>",
    "<ul><li><a href=\"/console\">/console</a> 控制台</li>",
    "<li><a href=\"/h5/\">/h5</a> 员工的群任务</li>",
    "<li><a href=\"/docs\">/docs</a> 开放接口指南与示例</li>",
    "<li><a href=\"/openapi.json\">/openapi.json</a> 开放接口文档（OpenAPI 3.1）</li>",
    "<li><a href=\"/healthz\">/healthz</a> 运行状态</li></ul></main></body></html>"
);

/// For an address that leads nowhere, and for a link that is wrong or over.
pub const NOT_FOUND: &str = concat!(
    "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
    "<title>未找到</title><link rel=\"stylesheet\" href=\"/page.css\"></head><body><main>",
    "<h1>页面不存在</h1><p>链接不完整或已失效，请从企业微信的消息中重新打开。</p></main></body></html>"
);

/// When the server cannot answer.
pub const FAILED: &str = concat!(
    "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
    "<title>暂时无法打开</title><link rel=\"stylesheet\" href=\"/page.css\"></head><body><main>",
    "<h1>暂时无法打开</h1><p>请稍后再试。</p></main></body></html>"
);

/// The page of a notice: each message once, with the groups it is for. `token` is the last part of the page's
/// address, below which its files are.
pub fn html(page: &NoticePage, token: &str) -> String {
    let n_open = page.tasks.iter().filter(|task| is_open(task.state)).count();
    let mut html = String::from(concat!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
        "<title>群SOP待发送</title><link rel=\"stylesheet\" href=\"/page.css\"></head><body><main>",
        "<h1>群SOP待发送</h1>"
    ));
    let n_tasks = page.tasks.len();
    let owner = escaped(&page.owner_name);
    push(&mut html, format_args!("<p>{owner}，共 {n_tasks} 条，待发送 {n_open} 条。</p>"));
    for tasks in same_message(&page.tasks) {
        section(&mut html, &tasks, token);
    }
    html.push_str("</main></body></html>");
    html
}

/// Tasks with the same message together, in the order in which the messages come first.
fn same_message(tasks: &[PageTask]) -> Vec<Vec<&PageTask>> {
    let mut messages: Vec<Vec<&PageTask>> = Vec::new();
    for task in tasks {
        let is_same = |first: &PageTask| {
            (&first.title, &first.instruction, &first.content)
                == (&task.title, &task.instruction, &task.content)
        };
        match messages.iter_mut().find(|message| is_same(message[0])) {
            Some(message) => message.push(task),
            None => messages.push(vec![task]),
        }
    }
    messages
}

fn section(html: &mut String, tasks: &[&PageTask], token: &str) {
    let PageTask { title, instruction, content, .. } = tasks[0];
    push(html, format_args!("<section><h2>{}</h2>", escaped(title)));
    if !instruction.is_empty() {
        push(html, format_args!("<p class=\"note\">{}</p>", escaped(instruction)));
    }
    html.push_str("<h3>发送内容（点按选中后复制）</h3>");
    for item in content {
        match item {
            ContentItem::Text { content } => {
                push(html, format_args!("<pre>{}</pre>", escaped(content)));
            }
            ContentItem::Link(LinkCard { title, url, summary, .. })
            | ContentItem::Marketing { card: LinkCard { title, url, summary, .. }, .. } => {
                let (title, url, summary) = (escaped(title), escaped(url), escaped(summary));
                push(
                    html,
                    format_args!("<p>{title}<br><small>{summary}</small></p><pre>{url}</pre>"),
                );
            }
            ContentItem::Image { file } => {
                let (id, name) = (file.file_id, escaped(&file.name));
                push(
                    html,
                    format_args!(
                        "<p><img src=\"{token}/files/{id}\" alt=\"{name}\"><br>长按图片保存</p>"
                    ),
                );
            }
            ContentItem::Video { file } | ContentItem::File { file } => {
                let (id, name) = (file.file_id, escaped(&file.name));
                push(html, format_args!("<p><a href=\"{token}/files/{id}\">下载：{name}</a></p>"));
            }
            ContentItem::MiniProgram { title, page, .. } => {
                let (title, page) = (escaped(title), escaped(page));
                push(html, format_args!("<p>小程序：{title}</p><pre>{page}</pre>"));
            }
        }
    }
    push(html, format_args!("<h3>客户群（{}）</h3><ol>", tasks.len()));
    for task in tasks {
        let name = escaped(&task.group_name);
        let (class, state) = state(task.state);
        push(html, format_args!("<li>{name} <span class=\"{class}\">{state}</span>"));
        if let Some(reason) = &task.reason {
            push(html, format_args!(" <small>{}</small>", escaped(reason)));
        }
        html.push_str("</li>");
    }
    html.push_str("</ol></section>");
}

fn is_open(state: TaskState) -> bool {
    matches!(state, TaskState::Planned | TaskState::Dispatching | TaskState::HandedOver)
}

fn state(state: TaskState) -> (&'static str, &'static str) {
    match state {
        TaskState::Planned | TaskState::Dispatching | TaskState::HandedOver => ("open", "待发送"),
        TaskState::Sent => ("sent", "已发送"),
        TaskState::Failed => ("ended", "无法发送"),
        TaskState::Expired => ("ended", "已过期"),
        TaskState::Cancelled => ("ended", "已取消，请勿发送"),
    }
}

fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    html.write_fmt(text).expect("writing into a text cannot fail");
}

/// Safe in text and in double-quoted attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use scrm::{
        FileId,
        files::{FileRef, Format},
        send::{NoticePage, PageTask},
        sop::{ContentItem, LinkCard, TaskState},
    };

    fn file(name: String) -> FileRef {
        FileRef { file_id: FileId(10_001), name, format: Format::Png, n_bytes: 10 }
    }

    #[test]
    fn nothing_that_people_wrote_becomes_markup() {
        let hostile = "<script>alert(1)</script>\"'&";
        let text = || hostile.to_owned();
        let page = NoticePage {
            owner_name: text(),
            tasks: vec![PageTask {
                group_name: text(),
                title: text(),
                instruction: text(),
                content: vec![
                    ContentItem::Text { content: text() },
                    ContentItem::Image { file: file(text()) },
                    ContentItem::File { file: file(text()) },
                    ContentItem::MiniProgram {
                        title: text(),
                        app_id: text(),
                        page: text(),
                        cover: file(text()),
                    },
                    ContentItem::Link(LinkCard {
                        title: text(),
                        url: format!("https://a.cn/{hostile}"),
                        summary: text(),
                        cover_url: text(),
                        cover: None,
                    }),
                ],
                state: TaskState::HandedOver,
                reason: Some(text()),
            }],
        };
        let html = super::html(&page, "0a");
        assert!(!html.contains("<script") && !html.contains("\"'&"), "{html}");
        assert!(html.contains("<img src=\"0a/files/10001\""), "{html}");
        assert!(html.contains("<a href=\"0a/files/10001\""), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"), "{html}");
    }
}
