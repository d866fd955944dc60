import { BellOutlined, CheckCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Badge, Button, Drawer, Flex } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, type Reply } from "../api/call";
import { may, type Me } from "../api/session";
import { ErrorNote } from "./problem";

type Trouble = Reply<"troubles/list">["rows"][number];

const EVERY_MS = 60_000;

/** What an administrator should know of; nothing is asked for where he may not. */
export function useTroubles(me: Me | undefined) {
  return useQuery({
    queryKey: ["troubles"],
    queryFn: ({ signal }) => call("troubles/list", {}, signal),
    enabled: may(me, "manage_wecom"),
    refetchInterval: EVERY_MS,
  });
}

/** Where each kind is looked into. */
const PLACES = { sync: "/sync", waiting: "/wecom", given_up: "/sops", calls: "/wecom" } as const;

/** Each trouble in plain words, with what to do. */
export function TroubleList({ rows, onChoose }: { rows: Trouble[]; onChoose?: () => void }) {
  const { t } = useTranslation();
  return (
    <Flex vertical gap="small" component="ul" className="plain-list">
      {rows.map((trouble) => (
        <li key={trouble.kind + ("call" in trouble ? trouble.call : "")}>
          <Alert
            type={trouble.kind === "waiting" || trouble.kind === "calls" ? "warning" : "error"}
            showIcon
            title={t(`troubles.${trouble.kind}.title`, { ...trouble })}
            description={
              <>
                {"why" in trouble && trouble.why && <p className="trouble-why">{trouble.why}</p>}
                <p className="trouble-why">{t(`troubles.${trouble.kind}.fix`)}</p>
                <Link to={PLACES[trouble.kind]} onClick={onChoose}>
                  {t(`troubles.${trouble.kind}.go`)}
                </Link>
              </>
            }
          />
        </li>
      ))}
    </Flex>
  );
}

/** Says in the frame of every page that something does not work. */
export function TroubleBell({ me }: { me: Me }) {
  const { t } = useTranslation();
  const troubles = useTroubles(me);
  const [isOpen, setOpen] = useState(false);
  if (!may(me, "manage_wecom")) return null;
  const rows = troubles.data?.rows ?? [];
  const close = () => setOpen(false);
  return (
    <>
      <Button
        type="text"
        onClick={() => setOpen(true)}
        aria-label={t("troubles.bell", { count: rows.length })}
        aria-haspopup="dialog"
        icon={
          <Badge count={rows.length} size="small">
            <BellOutlined className="bar-icon" />
          </Badge>
        }
      />
      <Drawer open={isOpen} onClose={close} title={t("troubles.title")} size={400}>
        {troubles.isError && <ErrorNote error={troubles.error} again={() => void troubles.refetch()} />}
        {troubles.isSuccess && rows.length === 0 && (
          <Flex vertical align="center" gap="small" className="all-well">
            <CheckCircleOutlined className="all-well-icon" />
            {t("troubles.none")}
          </Flex>
        )}
        <TroubleList rows={rows} onChoose={close} />
      </Drawer>
    </>
  );
}
