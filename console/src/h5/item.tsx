// One item of what is to be sent, as it looks, with what a tap can do for it here.
import { fileUrl, type Item, type Task } from "./api";
import { useStillOpen } from "./data";
import { useTexts } from "./language";
import { chatMessage, linkMessage } from "./messages";
import { copied, useSay } from "./parts";
import { openGroup, sendToGroup } from "./wecom";
import { useWork } from "./work";

interface Shown {
  item: Item;
  task: Task;
  label: string;
  /** send: into the group that is open; open: go to the group; copy: no WeCom here; look: nothing is to be sent. */
  way: "send" | "open" | "copy" | "look";
  isSent: boolean;
  onSent: () => void;
}

export function ItemView({ item, task, label, way, isSent, onSent }: Shown) {
  const t = useTexts();
  return (
    <article className="item">
      <p className="kind">
        {label} · {t.kinds[item.kind]}
        {isSent && <span className="sent"> ✓ {t.sentItem}</span>}
      </p>
      <Look item={item} task={task} />
      {item.kind === "image" && way !== "send" && <p className="hint">{t.keepImage}</p>}
      {way === "send" && <Send item={item} task={task} isSent={isSent} onSent={onSent} />}
      {(way === "copy" || way === "open") && <ByHand item={item} task={task} canOpen={way === "open"} />}
    </article>
  );
}

function Look({ item, task }: { item: Item; task: Task }) {
  switch (item.kind) {
    case "text":
      return <p className="text">{item.content}</p>;
    case "link":
    case "marketing": {
      const { title, url, summary, cover } = item.card;
      return (
        <a className="link" href={url} target="_blank" rel="noreferrer">
          <span>
            <strong>{title}</strong>
            <span>{summary}</span>
          </span>
          {cover && <img src={fileUrl(task.id, cover)} alt="" />}
        </a>
      );
    }
    case "image":
      return <img className="picture" src={fileUrl(task.id, item.file)} alt={item.file.name} />;
    case "mini_program":
      return (
        <div className="link">
          <span>
            <strong>{item.title}</strong>
            <span>{item.page}</span>
          </span>
          <img src={fileUrl(task.id, item.cover)} alt="" />
        </div>
      );
    default:
      return <p className="text">{item.file.name}</p>;
  }
}

function Send({ item, task, isSent, onSent }: Omit<Shown, "label" | "way">) {
  const t = useTexts();
  const { isBusy, run } = useWork();
  const checkIsOpen = useStillOpen(task.id);
  const send = async () => {
    const isGone = await run(async () => {
      await checkIsOpen();
      await sendToGroup(task.chatId, await chatMessage(task.id, item));
    });
    if (isGone) onSent();
  };
  return (
    <button type="button" className={isSent ? "" : "main"} disabled={isBusy} onClick={() => void send()}>
      {isBusy ? t.sending : isSent ? t.sendAgain : t.send}
    </button>
  );
}

/** Where the page cannot send: what helps to do it by hand. */
function ByHand({ item, task, canOpen }: { item: Item; task: Task; canOpen: boolean }) {
  const t = useTexts();
  const say = useSay();
  const { isBusy, run } = useWork();
  const copy = async (text: string) => say((await copied(text)) ? t.copied : t.copyFailed);
  const copyAndOpen = async (text: string) => {
    await copy(text);
    await run(() => openGroup(task.chatId));
  };
  switch (item.kind) {
    case "text":
      return (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => void (canOpen ? copyAndOpen(item.content) : copy(item.content))}
        >
          {canOpen ? t.copyAndOpen : t.copy}
        </button>
      );
    case "link":
    case "marketing":
      return canOpen ? (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => void run(async () => openGroup(task.chatId, await linkMessage(task.id, item.card)))}
        >
          {t.sendLink}
        </button>
      ) : (
        <button type="button" onClick={() => void copy(item.card.url)}>
          {t.copy}
        </button>
      );
    case "mini_program":
      return (
        <button type="button" onClick={() => void copy(item.page)}>
          {t.copy}
        </button>
      );
    default:
      return (
        <a className="button" href={fileUrl(task.id, item.file)} download={item.file.name}>
          {t.download}
        </a>
      );
  }
}
