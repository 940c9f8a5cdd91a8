import { Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";

interface Props {
  open: boolean;
  title: string;
  means?: React.ReactNode;
  close: () => void;
  send: (note: string) => void;
  sending: boolean;
}

/** Asks why before something is done that others will have to live with. */
export function NoteDialog({ open, title, means, close, send, sending }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ note: string }>();
  return (
    <Modal open={open} title={title} onCancel={close} onOk={() => form.submit()} confirmLoading={sending} destroyOnHidden closable={{ "aria-label": t("list.close") }}>
      {means && <p>{means}</p>}
      <Form form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={({ note }) => send(note)}>
        <Form.Item name="note" label={t("exit.note")} rules={[{ required: true, whitespace: true, message: t("desk.note_wanted") }]}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
