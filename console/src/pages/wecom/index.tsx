import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { ErrorNote } from "../../ui/problem";
import { Title } from "../../ui/title";
import { AddCompany } from "./add-company";
import { Connection } from "./connection";
import { Doctor } from "./doctor";
import { Events } from "./events";
import { Receivers } from "./receivers";
import { StaffPages } from "./staff-pages";
import "./wecom.css";

export type WeCom = Reply<"wecom/show">;

/** The connection of the company with WeCom. */
export function Component() {
  const { t } = useTranslation();
  const me = useMe().data;
  const [isAdding, setAdding] = useState(false);
  const wecom = useQuery({ queryKey: ["wecom"], queryFn: ({ signal }) => call("wecom/show", {}, signal) });
  if (wecom.isError) return <ErrorNote error={wecom.error} again={() => void wecom.refetch()} />;
  if (wecom.isPending) return <Skeleton active />;
  const zone = wecom.data.zone;
  return (
    <>
      <Title actions={me?.user.isSiteAdmin && <Button onClick={() => setAdding(true)}>{t("wecom.addAnother")}</Button>}>
        {t("nav.wecom")}
      </Title>
      <div className="wecom-grid">
        <Connection wecom={wecom.data} />
        <Doctor />
        <Receivers receivers={wecom.data.receivers} zone={zone} />
        <StaffPages wecom={wecom.data} />
        <Events events={wecom.data.events} zone={zone} />
      </div>
      {me && isAdding && (
        <Modal open title={t("wecom.addAnother")} footer={null} onCancel={() => setAdding(false)}>
          <AddCompany me={me} />
        </Modal>
      )}
    </>
  );
}
