import { Card, type CardProps } from "antd";

/** A part of a page under a heading of its own. */
export function Panel({ title, ...props }: CardProps) {
  return <Card size="small" {...props} title={title && <h2 className="panel-title">{title}</h2>} />;
}
