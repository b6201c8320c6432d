/** What to do when nobody can be reached. */
import type { Status } from "../../field/messages.ts";

export interface ReachFacts {
  /** Whether the hub answers; null while unknown. */
  readonly hub: boolean | null;
  readonly radio: boolean;
}

export interface WayOut {
  readonly title: string;
  readonly text: string;
  /** Pairing by codes leads on: nothing but the two devices is needed. */
  readonly codes: boolean;
}

/** Null while somebody is connected, nobody is there to be reached, or the user turned the radio off. */
export function wayOut(status: Status, { hub, radio }: ReachFacts): WayOut | null {
  const { crew, joining, peers } = status;
  if (!radio || crew?.removedBy || peers.some(({ connected }) => connected)) return null;
  if (hub === false) return withoutHub(crew !== null, Boolean(joining));
  if (hub === null || peers.length === 0) return null;
  return {
    title: "Nobody is in reach",
    text: "The hub answers. Open Fieldmesh on another device of the crew, on this network and " +
      "with its radio on.",
    codes: false,
  };
}

function withoutHub(inCrew: boolean, isJoining: boolean): WayOut {
  if (!inCrew) {
    return {
      title: isJoining ? "No hub in reach: join by code" : "No hub in reach",
      text: "Without one a device joins by codes: each of the two shows the other a code. Both " +
        "have to be in one network, a phone’s hotspot will do.",
      codes: true,
    };
  }
  return {
    title: "No hub in reach: pair by codes",
    text: "Each of two devices shows the other a code, and they are linked. Both have to be in " +
      "one network, a phone’s hotspot will do. Or carry the records by file.",
    codes: true,
  };
}
