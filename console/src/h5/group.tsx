// In the tool bar of a group's chat: what is to be sent to this group.
import { Link } from "react-router";
import { useMe, usePlace, useTasks } from "./data";
import { Frame } from "./frame";
import { useTexts } from "./language";
import { Loading, Problem } from "./parts";
import { TaskCards } from "./task-cards";

export default function GroupPage() {
  const t = useTexts();
  const [me, place] = [useMe(), usePlace()];
  const chatId = place.data?.at === "group" ? place.data.chatId : null;
  const tasks = useTasks("open", chatId, chatId !== null);
  const failed = [me, place, tasks].find((asked) => asked.isLoadingError);
  return (
    <Frame title={t.group}>
      {failed ? (
        <Problem error={failed.error} retry={() => void failed.refetch()} />
      ) : !me.data || !place.data || (chatId !== null && !tasks.data) ? (
        <Loading />
      ) : tasks.data ? (
        <TaskCards tasks={tasks.data} me={me.data} none={t.noneInGroup} />
      ) : (
        <div className="empty">
          <p>
            <strong>{t.notInGroup}</strong>
          </p>
          <p>{t.notInGroupMore}</p>
        </div>
      )}
      <p className="of-notice">
        <Link to="/">{t.all}</Link>
      </p>
    </Frame>
  );
}
