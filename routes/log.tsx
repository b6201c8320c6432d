import Island from "../islands/_island.tsx";

export const title = "Log";

export default function LogPage() {
  return <Island name="LogView" />;
}
