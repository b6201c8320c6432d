import Island from "../islands/_island.tsx";

export const title = "Places";

export default function PlacesPage() {
  return (
    <>
      <Island name="PlacesView" />
      <p>
        <a class="more" href="/swarm">Watch five drones share one map</a>
      </p>
    </>
  );
}
