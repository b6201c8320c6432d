import Island from "../islands/_island.tsx";

export const title = "Records";

export default function RecordsPage() {
  return <Island name="RecordsView" />;
}
