import { Input } from "antd";

interface Props {
  label: string;
  /** What the address says; the field follows it. */
  value: string;
  width?: number;
  onSearch: (text: string) => void;
}

/** A field that searches on Enter, and is cleared with one click. */
export function SearchField({ label, value, width, onSearch }: Props) {
  return (
    <Input.Search
      key={value}
      aria-label={label}
      placeholder={label}
      style={{ width }}
      defaultValue={value}
      allowClear
      onSearch={(text) => onSearch(text)}
    />
  );
}
