import { CheckCircleFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call } from "../../api/call";
import { may, type Me, type Right } from "../../api/session";
import { useTagCounts } from "../../ui/pick";
import { Panel } from "../../ui/panel";
import type { Overview } from "./counts";

interface Step {
  name: string;
  path: string;
  right: Right;
  isDone: boolean;
}

/** What a new company does first; what is done is marked, as far as whoever looks may know. */
export function FirstSteps({ me, overview }: { me: Me | undefined; overview: Overview }) {
  const { t } = useTranslation();
  const [mayConnect, mayMakeApps] = [may(me, "manage_wecom"), may(me, "manage_apps")];
  const wecom = useQuery({
    queryKey: ["wecom"],
    queryFn: ({ signal }) => call("wecom/show", {}, signal),
    enabled: mayConnect,
  });
  const apps = useQuery({
    queryKey: ["apps"],
    queryFn: ({ signal }) => call("apps/list", {}, signal),
    enabled: mayMakeApps,
  });
  const nGroups = useTagCounts();
  const hasSynced = overview.lastSyncAtMs !== null && !overview.lastSyncFailed;
  const isVerified = wecom.data?.receivers.some(({ kind, verifiedAtMs }) => kind === "app" && verifiedAtMs !== null);
  const hasTagged = nGroups && [...nGroups.values()].some((n) => n > 0);
  const steps: Step[] = [
    // Whoever may not look at the connection knows at least that it served once.
    { name: "connect", path: "/wecom", right: "manage_wecom", isDone: mayConnect ? !!isVerified : hasSynced },
    { name: "sync", path: "/sync", right: "manage_wecom", isDone: hasSynced },
    { name: "tag", path: "/groups", right: "tag_groups", isDone: !!hasTagged },
    { name: "sop", path: "/sops/new", right: "plan_sops", isDone: false },
    { name: "app", path: "/apps", right: "manage_apps", isDone: !!apps.data?.rows.length },
  ];
  return (
    <Panel title={t("overview.first.title")}>
      <Typography.Paragraph type="secondary">{t("overview.first.note")}</Typography.Paragraph>
      <ol className="plain-list first-steps">
        {steps.map((step, index) => (
          <li key={step.name}>
            {step.isDone ? (
              <CheckCircleFilled className="first-mark good" aria-hidden />
            ) : (
              <span className="first-mark" aria-hidden>
                {index + 1}
              </span>
            )}
            <div>
              {may(me, step.right) ? (
                <Link to={step.path}>{t(`overview.first.${step.name}.title`)}</Link>
              ) : (
                t(`overview.first.${step.name}.title`)
              )}
              <span className="first-state">
                {step.isDone ? t("overview.first.done") : !may(me, step.right) && t("overview.first.byAdmin")}
              </span>
              <p className="hint">{t(`overview.first.${step.name}.note`)}</p>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
