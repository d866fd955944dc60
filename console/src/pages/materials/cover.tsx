import { UploadOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Select, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { fileUrl, upload } from "../../api/stream";
import { useErrorText } from "../../ui/problem";

/** What a content keeps of its cover. */
export interface CoverFile {
  id: string;
  name?: string;
  nBytes?: number;
}

interface Props {
  /** Given by the form. */
  id?: string;
  value?: CoverFile | null;
  onChange?: (cover: CoverFile | null) => void;
}

const MAX_BYTES = 2 * 1024 * 1024;

/** A picture of the library, or a new one. */
export function Cover({ id, value, onChange }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const errorText = useErrorText();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const paging = { pageNo: 1, pageSize: 200 };
  const files = useQuery({
    queryKey: ["files", paging],
    queryFn: ({ signal }) => call("files/list", { paging }, signal),
  });
  const pictures = (files.data?.rows ?? []).filter((file) => file.kind === "image" && file.nBytes <= MAX_BYTES);
  const options = pictures.map((file) => ({ value: file.id, label: file.name }));
  if (value && !options.some((option) => option.value === value.id)) {
    options.unshift({ value: value.id, label: value.name ?? value.id });
  }
  const put = async (file: File) => {
    const isPicture = file.type === "image/jpeg" || file.type === "image/png";
    if (!isPicture || file.size > MAX_BYTES) return setProblem(t("materials.coverRule"));
    setProblem(undefined);
    setBusy(true);
    try {
      onChange?.(await upload(file));
      await queries.invalidateQueries({ queryKey: ["files"] });
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const take = (file: File) => {
    void put(file);
    return false;
  };
  return (
    <Flex vertical gap="small">
      <Flex gap="small" align="center">
        {value && <img src={fileUrl(value.id)} alt="" className="thumbnail" />}
        <Select
          id={id}
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          aria-label={t("materials.cover")}
          placeholder={t("materials.chooseCover")}
          loading={files.isFetching}
          value={value?.id}
          onChange={(chosen: string | undefined) => onChange?.(chosen ? { id: chosen } : null)}
          options={options}
          optionRender={(option) => (
            <span className="file">
              <img src={fileUrl(String(option.value))} alt="" loading="lazy" className="thumbnail" />
              <span className="file-name">{option.label}</span>
            </span>
          )}
          style={{ flex: 1, minWidth: 0 }}
        />
        <Upload accept="image/jpeg,image/png" showUploadList={false} beforeUpload={take}>
          <Button icon={<UploadOutlined />} loading={isBusy}>
            {t("materials.upload")}
          </Button>
        </Upload>
      </Flex>
      {problem && <Alert type="error" showIcon title={problem} />}
    </Flex>
  );
}
