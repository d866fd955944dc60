import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Divider } from "antd";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";

/** Why a sign-in with WeCom led back here. */
const PROBLEMS = [
  "no_errand",
  "too_late",
  "other_state",
  "used",
  "wrong_code",
  "outsider",
  "has_left",
  "no_user",
  "disabled",
  "totp",
  "site_admin",
  "too_many_tries",
  "wecom",
  "unavailable",
] as const;

/** Says what became of a sign-in with WeCom; anything else that an address may hold is not repeated. */
export function WeComProblem({ code }: { code: string }) {
  const { t } = useTranslation();
  const known = PROBLEMS.find((problem) => problem === code);
  const text = known ? t(`signIn.problems.${known}`) : t("failed");
  return <Alert type="error" title={text} style={{ marginBottom: 16 }} />;
}

/** A way to WeCom's login page for each company that has one. */
export function WeComButtons({ to }: { to: string }) {
  const { t } = useTranslation();
  const options = useQuery({
    queryKey: ["sign-in-options"],
    queryFn: ({ signal }) => call("session/options", {}, signal),
  });
  const companies = options.data?.wecom ?? [];
  if (companies.length === 0) return null;
  const wanted = encodeURIComponent(to);
  return (
    <>
      <Divider plain>{t("signIn.or")}</Divider>
      {companies.map((company) => (
        <Button
          key={company.id}
          block
          href={`/console/wecom/start?corp=${company.id}&to=${wanted}`}
          style={{ marginBottom: 8 }}
        >
          {company.name === null ? t("signIn.wecom") : t("signIn.wecomOf", { company: company.name })}
        </Button>
      ))}
    </>
  );
}
