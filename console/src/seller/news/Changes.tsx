import { Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { ofBoth, useWords } from "../../texts/use";
import type { News } from "./Version";

/** What changes, in sentences, clause by clause, each with why it touches the shop. */
export function Changes({ news }: { news: News }) {
  const { t } = useTranslation();
  const codes = [...new Set(news.changes.map(({ code }) => code))];
  return (
    <ul aria-label={t("news.changes")} style={{ margin: 0, paddingInlineStart: 20 }}>
      {codes.map((code) => {
        const changes = news.changes.filter((each) => each.code === code);
        return (
          <li key={code} style={{ marginBottom: 8 }}>
            <strong>{ofBoth(changes[0]?.title ?? {})}</strong> <code>{code}</code>
            {changes.map((each) => <Sentence key={each.name} change={each} />)}
          </li>
        );
      })}
    </ul>
  );
}

function Sentence({ change }: { change: News["changes"][number] }) {
  const word = useWords();
  return (
    <Flex gap="small" wrap align="baseline">
      <span style={{ overflowWrap: "anywhere" }}>{ofBoth(change.text)}</span>
      <Tag style={{ color: "rgba(0,0,0,0.88)" }}>{word("because", change.because)}</Tag>
    </Flex>
  );
}
