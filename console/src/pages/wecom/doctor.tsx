import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled, MinusCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { Panel } from "../../ui/panel";
import { ErrorNote } from "../../ui/problem";

type Finding = Reply<"wecom/examine">["rows"][number];

const STATES = ["failed", "warning", "ok", "skipped"] as const;
const ICONS = {
  ok: CheckCircleFilled,
  warning: ExclamationCircleFilled,
  failed: CloseCircleFilled,
  skipped: MinusCircleOutlined,
};
const DOCUMENTATION = "https://developer.work.weixin.qq.com/document/path";

const stateOf = (finding: Finding) => STATES.find((state) => state === finding.state) ?? "skipped";

/** Looks at everything that the connection needs, when asked to. */
export function Doctor() {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ["wecom-examination"],
    queryFn: ({ signal }) => call("wecom/examine", {}, signal),
    enabled: false,
  });
  const rows = found.data?.rows ?? [];
  const nOf = (state: string) => rows.filter((row) => row.state === state).length;
  const [nFailed, nWarnings] = [nOf("failed"), nOf("warning")];
  // The worst comes first; within a state, what comes first is the cause of what follows.
  const sorted = STATES.flatMap((state) => rows.filter((row) => stateOf(row) === state));
  return (
    <Panel
      title={t("wecom.doctor.title")}
      extra={
        <Button type="primary" size="small" loading={found.isFetching} onClick={() => void found.refetch()}>
          {t(found.data ? "wecom.doctor.again" : "wecom.doctor.start")}
        </Button>
      }
    >
      {!found.data && !found.isError && <p className="wecom-note">{t("wecom.doctor.note")}</p>}
      {found.isError && <ErrorNote error={found.error} />}
      {found.data && (
        <div role="status">
          <Alert
            type={nFailed > 0 ? "error" : nWarnings > 0 ? "warning" : "success"}
            showIcon
            title={
              nFailed + nWarnings > 0 ? t("wecom.doctor.summary", { nFailed, nWarnings }) : t("wecom.doctor.allWell")
            }
            className="wecom-alert"
          />
        </div>
      )}
      <ul className="plain-list findings" aria-label={t("wecom.doctor.title")}>
        {sorted.map((finding) => (
          <Line key={finding.id} finding={finding} />
        ))}
      </ul>
    </Panel>
  );
}

function Line({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const state = stateOf(finding);
  const Icon = ICONS[state];
  const key = `wecom.doctor.checks.${finding.id}`;
  const isBad = state === "failed" || state === "warning";
  const advice = isBad && t(`${key}.fix`, { defaultValue: "" });
  return (
    <li className="finding">
      <Icon className={`finding-icon finding-${state}`} aria-hidden />
      <div className="finding-words">
        <div>
          <strong>{t(`${key}.title`, { defaultValue: finding.title })}</strong>{" "}
          <span className={`finding-${state}`}>{t(`wecom.doctor.states.${state}`)}</span>
        </div>
        {/* The examination speaks English, with WeCom's own words for the places of its console. */}
        <div className="finding-found">{finding.found}</div>
        {advice && <div>{advice}</div>}
        {finding.fix && <div className="finding-found">{finding.fix}</div>}
        {finding.page !== null && (
          <a href={`${DOCUMENTATION}/${finding.page}`} target="_blank" rel="noreferrer">
            {t("wecom.doctor.page")}
          </a>
        )}
      </div>
    </li>
  );
}
