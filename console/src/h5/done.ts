import { useNavigate } from "react-router";
import type { Outcome, Task } from "./api";
import { useMark } from "./data";
import { useNext } from "./next";
import { useErrorText, useSay } from "./parts";
import type { Place } from "./wecom";

/** Says what became of a task, and leads on to what is next. */
export function useDone(task: Task, place: Place | undefined) {
  const mark = useMark();
  const next = useNext(task.id, place);
  const navigate = useNavigate();
  const say = useSay();
  const errorText = useErrorText();
  return {
    isPending: mark.isPending,
    done: (outcome: Outcome, told: string) =>
      mark.mutate(
        { taskIds: [task.id], outcome },
        {
          onSuccess: () => {
            say(told);
            void navigate(next, { replace: true });
          },
          onError: (error) => say(errorText(error)),
        },
      ),
  };
}
