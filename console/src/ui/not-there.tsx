import { Button, Result } from "antd";
import { Link } from "react-router";
import { CallError } from "../api/call";

/** Whether the server says that there is no such thing, or that no id looks like this. */
export function isNotThere(error: unknown): boolean {
  return error instanceof CallError && [400, 404].includes(error.status);
}

/** Instead of a thing that is not there, with the way back to its list. */
export function NotThere({ title, list, back }: { title: string; list: string; back: string }) {
  const link = (
    <Link to={list}>
      <Button tabIndex={-1}>{back}</Button>
    </Link>
  );
  return <Result status="404" title={title} extra={link} />;
}
