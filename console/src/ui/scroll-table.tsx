import { Table, type TableProps } from "antd";
import { useEffect, useRef } from "react";

/** A table that scrolls sideways where there is no room, by keys too. */
export function ScrollTable<Row extends object>(props: TableProps<Row>) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    frame.current?.querySelector(".ant-table-content")?.setAttribute("tabindex", "0");
  });
  return (
    <div ref={frame}>
      <Table<Row> scroll={{ x: 800 }} {...props} />
    </div>
  );
}
