import { Button, Modal, type ButtonProps } from "antd";
import { useState } from "react";
import { Paper } from "./Paper";

interface Props {
  path: string;
  title: string;
  icon?: React.ReactNode;
  type?: ButtonProps["type"];
}

/** Shows a paper over the page. */
export function PaperButton({ path, title, icon, type }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type={type} icon={icon} onClick={() => setOpen(true)} style={{ alignSelf: "start" }}>{title}</Button>
      <Modal open={open} title={title} onCancel={() => setOpen(false)} footer={null} width="min(900px, 96vw)" destroyOnHidden>
        <Paper path={path} title={title} />
      </Modal>
    </>
  );
}
