import { useQuery } from "@tanstack/react-query";
import { Drawer, Empty, Skeleton, Timeline } from "antd";
import { useTranslation } from "react-i18next";
import { call } from "../api/call";
import { useMe } from "../api/session";
import { ErrorNote } from "./problem";
import { secondText } from "./time";

/** What became of a task, step by step, in a drawer. */
export function TaskStory({ task, onClose }: { task: { id: string; title: string } | undefined; onClose: () => void }) {
  const zone = useMe().data?.company?.zone ?? "UTC";
  return (
    <Drawer open={task !== undefined} title={task?.title} onClose={onClose}>
      {task && <Story taskId={task.id} zone={zone} />}
    </Drawer>
  );
}

function Story({ taskId, zone }: { taskId: string; zone: string }) {
  const { t } = useTranslation();
  const story = useQuery({
    queryKey: ["task-story", taskId],
    queryFn: ({ signal }) => call("sops/task-story", { taskId: taskId }, signal),
  });
  if (story.isError) return <ErrorNote error={story.error} again={() => void story.refetch()} />;
  if (!story.data) return <Skeleton active />;
  if (story.data.rows.length === 0) return <Empty description={t("sops.noStory")} />;
  return (
    <Timeline
      items={story.data.rows.map((chapter, no) => ({
        key: no,
        content: (
          <>
            <div>{t(`sops.whats.${chapter.what}`, { defaultValue: chapter.what })}</div>
            {chapter.detail && <div>{chapter.detail}</div>}
            <div className="aside">{secondText(chapter.atMs, zone)}</div>
          </>
        ),
      }))}
    />
  );
}
