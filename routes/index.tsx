import Island from "../islands/_island.tsx";

export const title = "Watch";

export default function WatchPage() {
  return (
    <>
      <div class="watch-column">
        <Island name="WatchView" />
      </div>
      <div class="side-column">
        <Island name="Figures" />
        <Island name="JustNow" />
        <Island name="InstallHint" />
      </div>
    </>
  );
}
