/**
 * All islands by the name that stands in the page: the hub renders them, `client.ts` brings them to
 * life. A name that is not here cannot be rendered.
 */
import Alerts from "./alerts.tsx";
import CrewView from "./crew.tsx";
import DeviceName from "./device_name.tsx";
import Figures from "./figures.tsx";
import InstallCard from "./install_card.tsx";
import InstallHint from "./install_hint.tsx";
import JustNow from "./just_now.tsx";
import LogView from "./log.tsx";
import ModelCard from "./model_card.tsx";
import Notices from "./notices.tsx";
import PlacesView from "./places.tsx";
import ProcessorCard from "./processor_card.tsx";
import RecordsView from "./records.tsx";
import StatusChips from "./status_chips.tsx";
import Swarm from "./swarm.tsx";
import ThemeCard from "./theme_card.tsx";
import Toasts from "./toasts.tsx";
import VersionsCard from "./versions_card.tsx";
import WatchView from "./watch.tsx";

export const registry = {
  Alerts,
  CrewView,
  DeviceName,
  Figures,
  InstallCard,
  InstallHint,
  JustNow,
  LogView,
  ModelCard,
  Notices,
  PlacesView,
  ProcessorCard,
  RecordsView,
  StatusChips,
  Swarm,
  ThemeCard,
  Toasts,
  VersionsCard,
  WatchView,
} as const;

export type IslandName = keyof typeof registry;

/** Whether a name that was read from a page is one of ours. */
export function isIslandName(name: string | undefined): name is IslandName {
  return name !== undefined && Object.hasOwn(registry, name);
}
