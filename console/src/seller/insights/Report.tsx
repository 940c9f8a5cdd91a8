import { FileTextOutlined } from "@ant-design/icons";
import { Button, DatePicker, Flex, Modal } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { Paper } from "../../pieces/Paper";
import { platformMonth } from "../../pieces/platform_days";
import { useShop } from "../shops";

/** 月报: a month's figures beside those of the month before, on paper. */
export function Report() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<FileTextOutlined aria-hidden />} onClick={() => setOpen(true)}>{t("insights.report")}</Button>
      <Modal open={open} title={t("insights.report")} onCancel={() => setOpen(false)} footer={null} width="min(900px, 96vw)" destroyOnHidden>
        <Months />
      </Modal>
    </>
  );
}

function Months() {
  const { t } = useTranslation();
  const shop = useShop();
  const now = platformMonth(useBusinessNow(60_000));
  const [month, setMonth] = useState(now);
  return (
    <Flex vertical gap="middle">
      <DatePicker
        picker="month"
        aria-label={t("bills.month")}
        allowClear={false}
        value={dayjs(`${month}-01`)}
        disabledDate={(day) => day.format("YYYY-MM") > now}
        onChange={(day) => day && setMonth(day.format("YYYY-MM"))}
        style={{ alignSelf: "start" }}
      />
      <Paper key={month} path={`/v1/shops/${shop.id}/insights/${month}.pdf`} title={`${t("insights.report")} ${month}`} name={`report-${shop.id}-${month}.pdf`} />
    </Flex>
  );
}
