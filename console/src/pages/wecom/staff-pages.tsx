import { Form, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "../../ui/panel";
import type { WeCom } from ".";

/** The addresses of the staff's own pages, and where WeCom has to know them. */
export function StaffPages({ wecom }: { wecom: WeCom }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("wecom.staffPages.title")}>
      <p className="wecom-note">{t("wecom.staffPages.note")}</p>
      <Form layout="vertical" component={false}>
        <Form.Item label={t("wecom.staffPages.staff")} extra={t("wecom.staffPages.staffWhere")}>
          <Typography.Text copyable>{wecom.staffUrl}</Typography.Text>
        </Form.Item>
        <Form.Item label={t("wecom.staffPages.toolBar")} extra={t("wecom.staffPages.toolBarWhere")}>
          <Typography.Text copyable>{wecom.toolBarUrl}</Typography.Text>
        </Form.Item>
      </Form>
    </Panel>
  );
}
