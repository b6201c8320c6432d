import Island from "../islands/_island.tsx";

export const title = "Crew";

export default function CrewPage() {
  return <Island name="CrewView" />;
}
