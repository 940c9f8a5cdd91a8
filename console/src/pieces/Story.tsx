import { Flex, Timeline, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { ofBoth, useForms, useWho } from "../texts/use";

interface Props {
  moments: readonly Schemas["MomentOut"][];
  ahead: readonly Schemas["ExitStoryOut"]["ahead"][number][];
  zone: string;
}

/** What has happened and what is to come, in the words of the record itself. */
export function Story({ moments, ahead, zone }: Props) {
  const { t } = useTranslation();
  const forms = useForms(zone);
  const who = useWho();
  const past = moments.map((each) => ({
    color: "blue",
    content: <Moment at={forms.moment(each.at)} text={ofBoth(each.text)} who={who(each.who)} />,
  }));
  const future = ahead.map((each) => ({
    color: "gray",
    content: <Moment at={t("story.expected", { at: forms.instant(each.at) })} text={ofBoth(each.text)} who="" />,
  }));
  return <Timeline items={[...past, ...future]} />;
}

function Moment({ at, text, who }: { at: string; text: string; who: string }) {
  return (
    <Flex vertical>
      <span>{text}</span>
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>{[at, who].filter(Boolean).join(" · ")}</Typography.Text>
    </Flex>
  );
}
