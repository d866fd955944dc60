import { useQuery } from "@tanstack/react-query";
import { Alert, Form, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call } from "../../api/call";
import { useErrorText } from "../../ui/problem";
import type { Detail } from ".";

/** Sends one step to one group at once. */
export function TryDialog({ detail, onClose }: { detail: Detail; onClose: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [part, setPart] = useState("");
  const [stepNo, setStepNo] = useState(detail.steps[0]?.stepNo ?? 1);
  const [chatId, setChatId] = useState<string>();
  const [made, setMade] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const groups = useQuery({
    queryKey: ["groups", "pick", part],
    queryFn: ({ signal }) => call("groups/list", { filter: { name: part || null } }, signal),
  });
  const send = async () => {
    if (!chatId) return;
    setBusy(true);
    setError(undefined);
    try {
      setMade((await call("sops/try", { id: detail.card.id, stepNo, chatId })).id);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("sops.tryTitle")}
      onCancel={onClose}
      onOk={made ? onClose : () => void send()}
      okButtonProps={{ disabled: !chatId }}
      confirmLoading={isBusy}
    >
      <p>{t("sops.tryNote")}</p>
      <Form layout="vertical">
        <Form.Item label={t("sops.step")}>
          <Select
            aria-label={t("sops.step")}
            value={stepNo}
            onChange={setStepNo}
            options={detail.steps.map((step, place) => ({
              value: step.stepNo ?? place + 1,
              label: t("sops.stepNo", { no: place + 1 }),
            }))}
          />
        </Form.Item>
        <Form.Item label={t("sops.tryGroup")}>
          <Select
            aria-label={t("sops.tryGroup")}
            showSearch={{ filterOption: false, onSearch: setPart }}
            value={chatId}
            onChange={setChatId}
            loading={groups.isFetching}
            options={groups.data?.rows.map((group) => ({
              value: group.chatId,
              label: `${group.name}（${group.ownerName}）`,
            }))}
          />
        </Form.Item>
      </Form>
      {error !== undefined && <Alert type="error" showIcon title={errorText(error)} />}
      {made && (
        <Alert
          type="success"
          showIcon
          title={
            <>
              {t("sops.tryDone")} <Link to={`/sops/${made}`}>{t("sops.tryLink")}</Link>
            </>
          }
        />
      )}
    </Modal>
  );
}
