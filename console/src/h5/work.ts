import { useState } from "react";
import { useErrorText, useSay } from "./parts";
import { Cancelled } from "./wecom";

/** Carries out what a tap asks for, one at a time, and tells what went wrong; true when it went well. */
export function useWork() {
  const [isBusy, setIsBusy] = useState(false);
  const say = useSay();
  const errorText = useErrorText();
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    setIsBusy(true);
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Cancelled)) say(errorText(error));
      return false;
    } finally {
      setIsBusy(false);
    }
  };
  return { isBusy, run };
}
