// The page on which a person plays a member of staff. It asks for the state every two seconds and
// puts all that comes from there into the page as text, never as markup.
"use strict";

const EVERY_MS = 2000;
const TEXTS = {
  zh: {
    title: "扮演群主", intro: "仿真企业微信：选择一位群主，看他收到了什么，替他发送，再看消息进群。",
    other: "English", ownersConfirm: "群主自动确认（3 秒后）",
    owners: "群主", search: "按姓名或账号搜索", notices: "收到的应用通知", waiting: "待确认的群发", arrived: "客户群里的消息",
    nWaiting: (n) => `${n} 条待发`, nGroups: (n) => `${n} 个群`, nCustomers: (n) => `${n} 位客户`,
    more: (n) => `还有 ${n} 位，请搜索。`, older: (n) => `还有更早的 ${n} 条。`, nobody: "没有找到。",
    choose: "请先选择一位群主。", noNotices: "还没有收到通知。", noWaiting: "没有待确认的群发。", noArrived: "还没有消息。",
    send: "发送", ignore: "忽略", sendAll: "全部发送", showIgnored: (n) => `显示已忽略的 ${n} 条`,
    ignored: "已忽略：消息仍在等待，Siyu 会当作群主还没有确认。",
    sent: (who) => `已发送，送达 ${who}。`, sentAll: (n) => `已发送 ${n} 条群发。`, quota: (n) => `${n} 个超出当月次数，未送达。`,
    notFriends: (n) => `${n} 位已不是好友，未送达。`,
    to: (who, names, more) => `发给 ${who}：${names}${more ? " 等" : ""}`, reminded: (n) => `已提醒 ${n} 次`,
    mass: "群发", by_hand: "手动", recalled: "已撤回", open: "打开", noName: "未命名的群", comma: "、", between: " · ",
    image: "图片", link: "链接", miniprogram: "小程序", video: "视频", file: "文件",
    gone: "仿真服务没有应答，正在重试…",
  },
  en: {
    title: "Play the owner", intro: "A simulated WeCom: choose an owner, see what reached them, send for them, and see it arrive.",
    other: "中文", ownersConfirm: "Owners confirm by themselves (after 3 s)",
    owners: "Owners", search: "Search by name or userid", notices: "App notices", waiting: "Mass messages to confirm",
    arrived: "Messages in customer groups",
    nWaiting: (n) => `${n} to send`, nGroups: (n) => (n === 1 ? "1 group" : `${n} groups`),
    nCustomers: (n) => (n === 1 ? "1 customer" : `${n} customers`),
    more: (n) => `${n} more: search for them.`, older: (n) => `${n} older ones.`, nobody: "Nobody found.",
    choose: "Choose an owner first.", noNotices: "No notices yet.", noWaiting: "Nothing waits.", noArrived: "No messages yet.",
    send: "Send", ignore: "Ignore", sendAll: "Send all", showIgnored: (n) => `Show ${n} ignored`,
    ignored: "Ignored: it still waits, and to Siyu the owner has not confirmed yet.",
    sent: (who) => `Sent; it reached ${who}.`, sentAll: (n) => `Mass messages sent: ${n}.`,
    quota: (n) => `${n} had used up the month's quota and got nothing.`, notFriends: (n) => `${n} no longer friends got nothing.`,
    to: (who, names, more) => `To ${who}: ${names}${more ? ", …" : ""}`, reminded: (n) => `reminded ${n}×`,
    mass: "mass message", by_hand: "by hand", recalled: "recalled", open: "Open", noName: "group without a name", comma: ", ", between: " · ",
    image: "Image", link: "Link", miniprogram: "Mini program", video: "Video", file: "File",
    gone: "The simulator does not answer; trying again…",
  },
};

const at = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
let lang = asked.get("lang") === "en" ? "en" : "zh";
let owner = asked.get("owner");
let state = null; // as it came last
let nAsked = 0; // answers to older questions are dropped
let timer = 0;
const ignored = new Set(); // msgids that lie aside on this page
const t = (key, ...given) => (given.length ? TEXTS[lang][key](...given) : TEXTS[lang][key]);

/** An element with texts and other elements in it. */
function make(tag, props, ...inside) {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...inside.filter((part) => part !== null));
  return element;
}

/** Shows these items; what is unchanged stays as it is, and focus stays where it was or goes to the heading. */
function list(id, items, keyOf, build) {
  const parent = at(id);
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const controls = (row) => [...row.querySelectorAll("button, a")];
  const place = focused && controls(focused.closest("li")).indexOf(focused);
  const before = new Map([...parent.children].map((row) => [row.dataset.key, row]));
  const isFirst = parent.dataset.of !== `${owner} ${lang}`;
  parent.dataset.of = `${owner} ${lang}`;
  const rows = items.map((item) => {
    const [key, content] = [String(keyOf(item)), JSON.stringify([item, lang, id === "owners" && owner])];
    const old = before.get(key);
    if (old?.dataset.content === content) return old;
    const row = make("li", {}, build(item));
    Object.assign(row.dataset, { key, content });
    row.firstChild.classList.toggle("new", !old && !isFirst);
    row.firstChild.onanimationend = (event) => event.target.classList.remove("new");
    return row;
  });
  if (rows.length !== parent.children.length || rows.some((row, n) => row !== parent.children[n])) {
    const key = focused?.closest("li").dataset.key;
    parent.replaceChildren(...rows);
    const row = rows.find((other) => other.dataset.key === key);
    if (focused) (row ? controls(row)[place] : at(`${id}-title`))?.focus({ preventScroll: true });
  }
}

function card(...inside) {
  return make("div", { className: "card" }, ...inside);
}

function text(content) {
  return content ? make("p", { className: "text", textContent: content }) : null;
}

function meta(...parts) {
  return make("p", { className: "meta", textContent: parts.filter(Boolean).join(t("between")) });
}

/** A link into a new tab; addresses that are not of the web stay text. */
function link(url, name) {
  if (!/^https?:\/\//i.test(url)) return make("span", { textContent: name });
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer", textContent: name });
}

function time(ms) {
  const isToday = new Date(ms).toDateString() === new Date(state.now_ms).toDateString();
  const date = isToday ? {} : { month: "numeric", day: "numeric" };
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return new Date(ms).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { ...date, ...clock });
}

function content({ text: words, attachments }) {
  const name = ({ kind, name, url }) => (url ? link(url, name) : make("span", { textContent: name }));
  const row = (one) => make("li", {}, `[${t(one.kind)}] `, name(one));
  const rows = attachments.length ? make("ul", { className: "attachments" }, ...attachments.map(row)) : null;
  return [text(words), rows].filter(Boolean);
}

function ownerButton(one) {
  const badge = one.n_waiting ? make("span", { className: "badge", textContent: t("nWaiting", one.n_waiting) }) : null;
  const about = make("span", { className: "meta", textContent: `${one.userid}${t("between")}${t("nGroups", one.n_groups)}` });
  const button = make("button", { type: "button", onclick: () => choose(one.userid) }, one.name, badge, about);
  if (one.userid === owner) button.setAttribute("aria-current", "true");
  return button;
}

function notice(one) {
  const body = one.recalled_at_ms ? [] : [text(one.description), text(one.content)];
  const open = one.url && !one.recalled_at_ms ? make("p", {}, link(one.url, t("open"))) : null;
  const title = one.title ? make("h3", { textContent: one.title }) : null;
  return card(title, ...body, open, meta(time(one.at_ms), one.recalled_at_ms && t("recalled")));
}

function waiting(one) {
  const n = one.n_groups + one.n_customers;
  const names = one.first.map((name) => name || t("noName")).join(t("comma"));
  const who = (count) => t(one.n_customers ? "nCustomers" : "nGroups", count);
  const label = (key) => `${t(key)}${t("between")}${who(n)}`;
  const task = { msgid: one.msgid, userid: state.owner.userid };
  const send = make("button", { type: "button", className: "main", textContent: t("send"), ariaLabel: label("send") });
  send.onclick = () => act(send, "/sim/mass_messages/confirm", task, (done) => sent(done, who(done.n_sent)));
  const ignore = make("button", { type: "button", textContent: t("ignore"), ariaLabel: label("ignore") });
  ignore.onclick = () => { ignored.add(one.msgid); say(t("ignored")); show(); };
  return card(
    make("h3", { textContent: t("to", who(n), names, n > one.first.length) }), ...content(one.content),
    meta(time(one.created_at_ms), one.n_reminders && t("reminded", one.n_reminders)),
    make("div", { className: "buttons" }, send, ignore),
  );
}

function arrival(one) {
  return card(
    make("h3", { textContent: one.name || t("noName") }), ...content(one.content),
    meta(one.sender, t(one.kind), time(one.at_ms)),
  );
}

/** Puts the state into the page. */
function show() {
  const { owners, owner: played, arrived } = state;
  at("owners-confirm").checked = state.owners_confirm;
  list("owners", owners.entries, (one) => one.userid, ownerButton);
  note("owners", owners.entries.length ? rest("more", owners) : t("nobody"));
  const notices = played?.notices ?? { total: 0, entries: [] };
  list("notices", notices.entries, (one) => one.seq, notice);
  note("notices", played ? (notices.total ? rest("older", notices) : t("noNotices")) : t("choose"));
  const all = played?.waiting ?? [];
  const left = all.filter((one) => !ignored.has(one.msgid));
  list("waiting", left, (one) => one.msgid, waiting);
  note("waiting", played ? (left.length ? "" : t("noWaiting")) : t("choose"));
  at("send-all").hidden = left.length < 2 || left.length < all.length; // it would send the ignored ones as well
  at("show-ignored").hidden = left.length === all.length;
  at("show-ignored").textContent = t("showIgnored", all.length - left.length);
  list("arrived", arrived.entries, (one) => one.seq, arrival);
  note("arrived", arrived.total ? rest("older", arrived) : t("noArrived"));
}

function rest(key, { total, entries }) {
  return total > entries.length ? t(key, total - entries.length) : "";
}

function note(id, words) {
  at(`${id}-note`).textContent = words;
}

function say(words, isBad = false) {
  at("status").textContent = words;
  at("status").classList.toggle("bad", isBad);
}

function sent({ n_over_quota, n_not_friends }, who) {
  const lost = [n_over_quota && t("quota", n_over_quota), n_not_friends && t("notFriends", n_not_friends)];
  say([t("sent", who), ...lost.filter(Boolean)].join(" "));
}

/** Says what a call answers, or throws what it says against it. */
async function call(path, body) {
  const headers = { "content-type": "application/json" };
  const reply = await fetch(path, body && { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await reply.json();
  if (!reply.ok) throw Object.assign(new Error(answer.error), { isRefusal: true });
  return answer;
}

async function act(control, path, body, done) {
  if (control.ariaDisabled) return;
  control.ariaDisabled = "true"; // a disabled one would lose the focus
  try {
    done(await call(path, body));
  } catch (error) {
    say(error.isRefusal ? error.message : t("gone"), true);
  }
  control.ariaDisabled = null;
  await refresh();
}

async function refresh() {
  clearTimeout(timer);
  const mine = ++nAsked;
  const wanted = new URLSearchParams({ search: at("search").value, ...(owner && { owner }) });
  try {
    const came = await call(`/sim/play/state?${wanted}`);
    if (mine !== nAsked) return;
    if (at("status").textContent === t("gone")) say("");
    state = came;
    owner = came.owner?.userid ?? null;
    show();
  } catch (error) {
    if (mine !== nAsked) return;
    say(error.isRefusal ? error.message : t("gone"), true);
    if (error.isRefusal && owner) choose(null);
  }
  if (mine === nAsked && !document.hidden) timer = setTimeout(refresh, EVERY_MS);
}

function choose(userid) {
  if (userid) say("");
  owner = userid;
  keep();
  refresh();
}

/** The address says who is played and in which language, so that it can be kept. */
function keep() {
  history.replaceState(null, "", `?${new URLSearchParams({ ...(owner && { owner }), lang })}`);
}

function speak() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  at("lang").textContent = t("other");
  at("lang").lang = lang === "zh" ? "en" : "zh-CN";
}

at("lang").onclick = () => { lang = lang === "zh" ? "en" : "zh"; say(""); keep(); speak(); if (state) show(); };
at("search").oninput = refresh;
// Both buttons vanish when they have been used, so the focus goes to the heading.
at("show-ignored").onclick = () => { ignored.clear(); show(); at("waiting-title").focus(); };
at("send-all").onclick = (event) =>
  act(event.target, "/sim/mass_messages/confirm_all", { owner }, ({ n_confirmed }) => {
    say(t("sentAll", n_confirmed));
    at("waiting-title").focus();
  });
at("owners-confirm").onchange = (event) =>
  act(event.target, "/sim/owners", { confirm_after_ms: event.target.checked ? 3000 : null }, () => {});
document.onvisibilitychange = () => document.hidden || refresh();
speak();
refresh();
