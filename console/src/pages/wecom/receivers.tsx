import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Descriptions, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { ShownOnce } from "../../ui/once";
import { Panel } from "../../ui/panel";
import { useErrorText } from "../../ui/problem";
import { timeText } from "../../ui/time";
import type { WeCom } from ".";

type Receiver = WeCom["receivers"][number];
type Keys = Reply<"wecom/make-receiver">;

/** WeCom calls from outside: it reaches neither this machine alone nor a server without a name. */
function isOutside(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return host !== "" && host !== "localhost" && host !== "[::1]" && !host.startsWith("127.");
}

/** Where WeCom tells what happens, and the keys by which it is known. */
export function Receivers({ receivers, zone }: { receivers: Receiver[]; zone: string }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [made, setMade] = useState<{ kind: Receiver["kind"]; keys: Keys }>();
  const make = useMutation({
    mutationFn: async (kind: Receiver["kind"]) => ({ kind, keys: await call("wecom/make-receiver", { kind }) }),
    onSuccess: (made) => {
      setMade(made);
      return queries.invalidateQueries({ queryKey: ["wecom"] });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const ask = ({ kind, createdAtMs }: Receiver) => {
    if (createdAtMs === null) return make.mutate(kind);
    modal.confirm({
      title: t("wecom.receiver.replace"),
      content: t("wecom.receiver.replaceNote"),
      okText: t("wecom.receiver.remake"),
      okButtonProps: { danger: true },
      onOk: () => make.mutateAsync(kind).catch(() => undefined),
    });
  };
  return (
    <Panel title={t("wecom.receiver.title")}>
      <p className="wecom-note">{t("wecom.receiver.note")}</p>
      {receivers.some(({ url }) => !isOutside(url)) && (
        <Alert type="warning" showIcon title={t("wecom.receiver.inside")} className="wecom-alert" />
      )}
      {receivers.map((receiver) => (
        <section key={receiver.kind} className="receiver">
          <div className="receiver-head">
            <h3>{t(`wecom.receiver.kinds.${receiver.kind}`)}</h3>
            <Button
              size="small"
              aria-label={`${t(`wecom.receiver.${receiver.createdAtMs === null ? "make" : "remake"}`)}: ${t(`wecom.receiver.kinds.${receiver.kind}`)}`}
              loading={make.isPending && make.variables === receiver.kind}
              onClick={() => ask(receiver)}
            >
              {t(`wecom.receiver.${receiver.createdAtMs === null ? "make" : "remake"}`)}
            </Button>
          </div>
          <Descriptions
            column={1}
            size="small"
            items={[
              {
                key: "url",
                label: "URL",
                children: (
                  <Typography.Text copyable className="receiver-url">
                    {receiver.url}
                  </Typography.Text>
                ),
              },
              {
                key: "made",
                label: t("wecom.receiver.madeAt"),
                children:
                  receiver.createdAtMs === null ? t("wecom.receiver.noKeys") : timeText(receiver.createdAtMs, zone),
              },
              {
                key: "verified",
                label: t("wecom.receiver.verifiedAt"),
                children:
                  receiver.verifiedAtMs === null
                    ? t("wecom.receiver.notVerified")
                    : timeText(receiver.verifiedAtMs, zone),
              },
            ]}
          />
        </section>
      ))}
      {made && (
        <ShownOnce
          title={t(`wecom.receiver.kinds.${made.kind}`)}
          note={t(`wecom.receiver.where.${made.kind}`)}
          secret={{ URL: made.keys.url, Token: made.keys.token, EncodingAESKey: made.keys.encodingAesKey }}
          onClose={() => setMade(undefined)}
        />
      )}
    </Panel>
  );
}
