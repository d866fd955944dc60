import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Flex } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dayAfter } from "./time";
import "./month.css";

/** The days a page for a month shows: whole weeks from Monday, 42 at most. */
export function daysOf(month: string): string[] {
  const first = `${month}-01`;
  const weekday = (new Date(first).getUTCDay() + 6) % 7;
  const start = dayAfter(first, -weekday);
  const nDays = Math.ceil((weekday + daysIn(month)) / 7) * 7;
  return Array.from({ length: nDays }, (_, no) => dayAfter(start, no));
}

const daysIn = (month: string) => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();

/** 2026-01 → 2025-12 with -1. */
function monthAfter(month: string, n: number): string {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + n, 1)).toISOString().slice(0, 7);
}

interface Props {
  /** Like 2026-01. */
  month: string;
  /** Like 2026-01-31. */
  today: string;
  onChange: (month: string) => void;
  /** What there is on a day; nothing for a day without anything. */
  render: (date: string) => ReactNode;
}

/** A month as a calendar; on a phone the days that have something, one below the other. */
export function Month({ month, today, onChange, render }: Props) {
  const { t, i18n } = useTranslation();
  const text = (date: string, parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(i18n.language, { timeZone: "UTC", ...parts }).format(Date.parse(date));
  const days = daysOf(month);
  return (
    <section>
      <Flex gap="small" align="center" style={{ marginBottom: 12 }}>
        <Button
          icon={<LeftOutlined />}
          aria-label={t("calendar.before")}
          onClick={() => onChange(monthAfter(month, -1))}
        />
        <h2 className="month-name" aria-live="polite">
          {text(`${month}-01`, { year: "numeric", month: "long" })}
        </h2>
        <Button
          icon={<RightOutlined />}
          aria-label={t("calendar.after")}
          onClick={() => onChange(monthAfter(month, 1))}
        />
        <Button onClick={() => onChange(today.slice(0, 7))} disabled={month === today.slice(0, 7)}>
          {t("calendar.thisMonth")}
        </Button>
      </Flex>
      <div className="month">
        <div className="month-row month-weekdays" aria-hidden="true">
          {days.slice(0, 7).map((date) => (
            <div key={date}>{text(date, { weekday: "short" })}</div>
          ))}
        </div>
        <ol className="month-row">
          {days.map((date) => {
            const content = render(date);
            const kind = [
              "month-day",
              date.startsWith(month) ? "" : "month-other",
              date === today ? "month-today" : "",
              content ? "" : "month-nothing",
            ];
            return (
              <li key={date} className={kind.join(" ")} aria-current={date === today ? "date" : undefined}>
                <time dateTime={date}>
                  <span className="month-short" aria-hidden="true">
                    {Number(date.slice(8))}
                  </span>
                  <span className="month-long">{text(date, { month: "long", day: "numeric", weekday: "short" })}</span>
                </time>
                {content}
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
