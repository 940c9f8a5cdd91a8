import { Card } from "antd";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Story } from "../../pieces/Story";
import { Waiting } from "../../pieces/Waiting";
import { useShop } from "../shops";

export function ExitStory({ exit_id }: { exit_id: number }) {
  const { id: shop_id, zone } = useShop();
  const story = api.useQuery("get", "/v1/shops/{shop_id}/exits/{exit_id}/story", { params: { path: { shop_id, exit_id } } });
  if (story.error) return <Failure error={story.error} retry={() => void story.refetch()} />;
  if (!story.data) return <Waiting />;
  return (
    <Card>
      <Story moments={story.data.moments} ahead={story.data.ahead} zone={zone} />
    </Card>
  );
}
