import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Checkbox, Form, Input, Radio, Select, Upload, type UploadFile } from "antd";
import { UploadOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import type { Case } from "./CaseDrawer";
import { base64Of } from "./base64";

const KINDS = ["photo", "document", "tracking", "count", "listing", "message"] as const;
const FAULTS = ["quality", "wrong_item", "short", "badly_packed", "stock_out", "delay", "lost", "wrong_listing", "uncounted_stock"] as const;
const MOST_FILES = 10;
const LARGEST_BYTES = 5 * 1024 * 1024;

interface Said {
  answer: "accept" | "contest";
  text?: string;
  kind: Schemas["EvidenceIn"]["kind"];
  shows?: (typeof FAULTS)[number] | null;
  personal?: boolean;
  files?: UploadFile[];
}

/** What this supplier says to the claim, with what it can show. Source: DISP-4. */
export function Answer({ own }: { own: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Said>();
  const answer = api.useMutation("post", "/v1/disputes/{dispute_id}/answer", { onError: say.failed });
  const send = async ({ answer: said, text, kind, shows = null, personal = false, files = [] }: Said) => {
    const evidence = await Promise.all(files.flatMap(({ originFileObj: file }) => (file ? [base64Of(file).then((content) => ({ kind, shows, personal, content }))] : [])));
    await answer.mutateAsync({ params: { path: { dispute_id: own.id } }, body: { answer: said, text: text?.trim() || null, evidence } });
    say.done(t("portal.disputes.answered"));
    form.resetFields();
    await queries.invalidateQueries();
  };
  const refused = (file: File) => {
    if (file.size <= LARGEST_BYTES) return false;
    void message.error(t("portal.disputes.too_large", { name: file.name }));
    return Upload.LIST_IGNORE;
  };
  return (
    <Card size="small" title={t("portal.disputes.answer")}>
      <Form<Said> form={form} layout="vertical" requiredMark={false} initialValues={{ answer: "contest", kind: "photo" }} onFinish={(said) => void send(said).catch(() => undefined)}>
        <Form.Item name="answer" label={t("portal.disputes.stand")}>
          <Radio.Group vertical options={(["contest", "accept"] as const).map((value) => ({ value, label: word("answer", value) }))} />
        </Form.Item>
        <Form.Item name="text" label={t("portal.disputes.say")}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
        <Form.Item name="kind" label={t("portal.disputes.kind")}><Select options={KINDS.map((value) => ({ value, label: word("evidence", value) }))} /></Form.Item>
        <Form.Item name="shows" label={t("portal.disputes.shows")}><Select allowClear options={FAULTS.map((value) => ({ value, label: word("fault", value) }))} /></Form.Item>
        <Form.Item name="files" label={t("portal.disputes.files")} valuePropName="fileList" getValueFromEvent={({ fileList }: { fileList: UploadFile[] }) => fileList}>
          <Upload multiple maxCount={MOST_FILES} accept="image/jpeg,image/png,application/pdf,text/plain" beforeUpload={refused}>
            <Button icon={<UploadOutlined aria-hidden />}>{t("portal.disputes.choose")}</Button>
          </Upload>
        </Form.Item>
        <Form.Item name="personal" valuePropName="checked"><Checkbox>{t("portal.disputes.personal")}</Checkbox></Form.Item>
        <Button type="primary" htmlType="submit" loading={answer.isPending}>{t("portal.disputes.send")}</Button>
      </Form>
    </Card>
  );
}
