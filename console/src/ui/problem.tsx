import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { CallError } from "../api/call";

/** What an error means to whoever reads it. */
export function useErrorText(): (error: unknown) => string {
  const { i18n, t } = useTranslation();
  return (error) => (error instanceof CallError ? error.text(i18n.language) : t("failed"));
}

/** Says what went wrong, with a way to try again. */
export function ErrorNote({ error, again }: { error: unknown; again?: () => void }) {
  const text = useErrorText();
  const { t } = useTranslation();
  const action = again && (
    <Button size="small" onClick={again}>
      {t("tryAgain")}
    </Button>
  );
  return <Alert type="error" showIcon title={text(error)} action={action} style={{ margin: 16 }} />;
}

/** A page that failed altogether. */
export function Problem() {
  return <ErrorNote error={useRouteError()} again={() => window.location.reload()} />;
}
