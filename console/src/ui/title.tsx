import { Flex, Typography } from "antd";
import type { ReactNode } from "react";

/** The heading of a page, with what can be done on it. */
export function Title({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  return (
    <Flex wrap gap="small" align="center" justify="space-between" style={{ marginBottom: 16 }}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
        {children}
      </Typography.Title>
      {actions && (
        <Flex wrap gap="small">
          {actions}
        </Flex>
      )}
    </Flex>
  );
}
