import { Spin } from "antd";

/** While the first page's code arrives. */
export function Loading() {
  return <Spin fullscreen />;
}
