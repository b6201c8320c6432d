/** What came of a file that another device made, for whoever carries records by hand. */
import type { RestoreReport, Status } from "../../field/messages.ts";
import type { DeviceId } from "../../field/observation.ts";
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";
import { endLine, refusedLine, type RestoreOutcome } from "./backup_words.ts";
import type { News } from "./news.ts";

export interface ExchangeFacts {
  readonly stopped: boolean;
  readonly news: News | null;
  readonly status: Pick<Status, "crew" | "device" | "peers"> | null;
}

/** "12 new observations from 2 devices", and what else: pictures, strangers, what was not taken. */
export function exchangeOutcome(
  report: RestoreReport,
  { stopped, news, status }: ExchangeFacts,
  formats: Formats,
): RestoreOutcome {
  const lines = [
    ...picturesLine(report, formats),
    ...strangersLine(report, { news, status }, formats),
    ...refusedLine(report.refused, formats),
    ...endLine(report, stopped),
  ];
  const isSound = report.whole && report.refused === 0 && report.faults.length === 0;
  const tone = stopped ? "info" : isSound ? "good" : "problem";
  return { tone, title: titleOf(report, news, formats), lines };
}

function titleOf({ added, known, media }: RestoreReport, news: News | null, formats: Formats) {
  const devices = news ?? [];
  if (added > 0 && devices.length > 0) {
    const many = counted(sumOf(devices), "new observation", formats);
    return `${many} from ${counted(devices.length, "device", formats)}`;
  }
  // who joined, what was commented: no observation, and news all the same
  if (added > 0) return `${formats.count(added)} new ${added === 1 ? "entry" : "entries"}`;
  if (media > 0) return "New pictures, no new observation";
  return known > 0 ? "Nothing new: all of it was here already" : "Nothing was taken from this file";
}

function picturesLine({ media }: RestoreReport, formats: Formats): string[] {
  return media > 0 ? [`${counted(media, "picture", formats)}.`] : [];
}

/** Of devices outside the crew: kept to be read here, and passed on to nobody. */
function strangersLine(
  { added }: RestoreReport,
  { news, status }: Pick<ExchangeFacts, "news" | "status">,
  formats: Formats,
): string[] {
  if (!status?.crew || !news || added === 0) return [];
  const strangers = news.filter(({ device }) => !isMember(device, status));
  if (strangers.length === 0) return ["Nothing of strangers."];
  const many = counted(sumOf(strangers), "observation", formats);
  const whose = counted(strangers.length, "device", formats);
  const [are, they] = sumOf(strangers) === 1 ? ["is", "It"] : ["are", "They"];
  return [
    `${many} ${are} of ${whose} outside the crew. ${they} can be read here and ${
      are === "is" ? "goes" : "go"
    } to nobody else.`,
  ];
}

function isMember(
  device: DeviceId,
  { device: self, peers }: NonNullable<ExchangeFacts["status"]>,
): boolean {
  return device === self.id || peers.some((peer) => peer.device === device);
}

function sumOf(news: News): number {
  return news.reduce((sum, { count }) => sum + count, 0);
}
