import { classOf, type NotedObservation } from "../../field/observation.ts";
import { capitalised } from "../format.ts";
import Sheet from "../parts/sheet.tsx";
import ObservationDetails from "./observation_details.tsx";

interface ObservationSheetProps {
  /** Null: closed. */
  readonly observation: NotedObservation | null;
  readonly onClose: () => void;
}

/** An observation's details over the page. */
export default function ObservationSheet({ observation, onClose }: ObservationSheetProps) {
  return (
    <Sheet
      title={observation ? capitalised(classOf(observation)) : ""}
      open={observation !== null}
      onClose={onClose}
    >
      {observation && <ObservationDetails key={observation.id} observation={observation} />}
    </Sheet>
  );
}
