import { Form, Input, Modal, Radio } from "antd";
import { useTranslation } from "react-i18next";

interface Props<Choice extends string> {
  open: boolean;
  title: string;
  /** What it is about, or what it brings with it. */
  means?: React.ReactNode;
  /** What may be decided; none where the title says it. */
  choices?: readonly { value: Choice; label: string }[];
  close: () => void;
  send: (note: string, decision: Choice) => void;
  sending: boolean;
}

/** Asks what is decided, and why: others will have to live with it. */
export function Decide<Choice extends string = never>({ open, title, means, choices, close, send, sending }: Props<Choice>) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ note: string; decision: Choice }>();
  const only = choices?.length === 1 ? choices[0]?.value : undefined;
  return (
    <Modal open={open} title={title} onCancel={close} onOk={() => form.submit()} confirmLoading={sending} destroyOnHidden closable={{ "aria-label": t("list.close") }}>
      {means && <p>{means}</p>}
      <Form form={form} layout="vertical" preserve={false} requiredMark={false} initialValues={{ decision: only }} onFinish={({ note, decision }) => send(note, decision)}>
        {choices && (
          <Form.Item name="decision" label={t("desk.verdict")} rules={[{ required: true, message: t("mappings.wanted") }]}>
            <Radio.Group options={[...choices]} />
          </Form.Item>
        )}
        <Form.Item name="note" label={t("exit.note")} rules={[{ required: true, whitespace: true, message: t("desk.note_wanted") }]}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
