import { useEffect } from "preact/hooks";
import BackUpCard from "./records/back_up_card.tsx";
import HandOverCard from "./records/hand_over_card.tsx";
import { readOccasions } from "./records/last_occasions.ts";
import PicturesCard from "./records/pictures_card.tsx";
import SafetyCard from "./records/safety_card.tsx";
import WorkPanel from "./records/work_panel.tsx";

/** What is stored on this device: is it safe, hand it over, back it up, make room. */
export default function RecordsView() {
  useEffect(readOccasions, []);
  return (
    <div class="records">
      <div class="records-columns">
        <div class="records-column">
          <SafetyCard />
          <HandOverCard />
        </div>
        <div class="records-column">
          <BackUpCard />
          <PicturesCard />
        </div>
      </div>
      <WorkPanel />
    </div>
  );
}
