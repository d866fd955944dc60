import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Empty, Select, Space } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call } from "../../api/call";
import { may, useMe } from "../../api/session";
import { useListState } from "../../ui/list-state";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { SearchField } from "../../ui/search-field";
import { SopState, type Card } from "../../ui/sop-state";
import { timeText } from "../../ui/time";
import { Title } from "../../ui/title";

const STATES = ["draft", "active", "paused", "ended"] as const;

export function Component() {
  const { t } = useTranslation();
  const me = useMe().data;
  const zone = me?.company?.zone ?? "UTC";
  const { filters, paging, pages, change } = useListState(["title", "state"] as const);
  const state = STATES.find((name) => name === filters.state) ?? null;
  const request = { paging, title: filters.title || null, state };
  const sops = useQuery({
    queryKey: ["sops", request],
    queryFn: ({ signal }) => call("sops/list", request, signal),
    placeholderData: keepPreviousData,
  });
  const mayPlan = may(me, "plan_sops");
  const make = mayPlan && (
    <Link to="/sops/new">
      <Button type="primary" tabIndex={-1}>
        {t("sops.create")}
      </Button>
    </Link>
  );
  const isFiltered = Boolean(filters.title || state);
  const columns = [
    {
      title: t("sops.title"),
      key: "title",
      render: (_: unknown, sop: Card) => <Link to={`/sops/${sop.id}`}>{sop.title}</Link>,
    },
    { title: t("sops.state"), key: "state", render: (_: unknown, sop: Card) => <SopState card={sop} /> },
    { title: t("sops.kind"), key: "kind", render: (_: unknown, sop: Card) => t(`sops.kinds.${sop.kind}`) },
    { title: t("sops.mode"), key: "mode", render: (_: unknown, sop: Card) => t(`sops.modes.${sop.mode}`) },
    { title: t("sops.groups"), dataIndex: "nGroups", key: "groups" },
    {
      title: t("sops.created"),
      key: "created",
      className: "one-line",
      render: (_: unknown, sop: Card) => timeText(sop.createdAtMs, zone),
    },
    {
      title: t("sops.started"),
      key: "started",
      className: "one-line",
      render: (_: unknown, sop: Card) => (sop.startedAtMs == null ? "—" : timeText(sop.startedAtMs, zone)),
    },
  ];
  return (
    <>
      <Title actions={make}>{t("nav.sops")}</Title>
      <Space wrap style={{ marginBottom: 16 }}>
        <SearchField label={t("sops.search")} value={filters.title} onSearch={(title) => change({ title })} />
        <Select
          allowClear
          aria-label={t("sops.state")}
          placeholder={t("sops.state")}
          style={{ minWidth: 140 }}
          value={state}
          onChange={(value) => change({ state: value ?? "" })}
          options={STATES.map((value) => ({ value, label: t(`sops.states.${value}`) }))}
        />
      </Space>
      {sops.isError ? (
        <ErrorNote error={sops.error} again={() => void sops.refetch()} />
      ) : (
        <ScrollTable<Card>
          rowKey="id"
          columns={columns}
          dataSource={sops.data?.rows}
          loading={sops.isFetching}
          locale={{
            emptyText: (
              <Empty description={isFiltered ? t("sops.noneFound") : t("sops.none")}>{!isFiltered && make}</Empty>
            ),
          }}
          pagination={{ ...pages(sops.data?.total), showTotal: (total) => t("total", { total }) }}
        />
      )}
    </>
  );
}
