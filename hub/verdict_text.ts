import type { BundleVerdict, DeviceVerdict } from "../field/bundle/verify_bundle.ts";

/** A bundle's verdict as a person reads it. */
export function verdictText(path: string, verdict: BundleVerdict): string {
  return [
    `${path}: ${bytesText(verdict.bytes)}`,
    "",
    ...totals(verdict),
    "",
    ...verdict.devices.flatMap(deviceLines),
    ...verdict.remarks.map((remark) => `Note: ${remark}`),
    ...faultLines(verdict),
    closing(verdict),
  ].map(printable).join("\n");
}

function totals(verdict: BundleVerdict): string[] {
  const { crew, devices, entries, observations, notes, media, mediaBytes, missingMedia } = verdict;
  const missing = missingMedia === 0
    ? "none missing"
    : `${missingMedia} more are not in the bundle`;
  return [
    line("Crew", crew === null ? "none" : `of device ${crew.slice(0, 8)}`),
    line("Devices", String(devices.length)),
    line("Entries", String(entries)),
    line("Observations", `${observations}, ${spanText(verdict.from, verdict.to)}`),
    line("Notes", String(notes)),
    line("Pictures", `${media} (${bytesText(mediaBytes)}), ${missing}`),
  ];
}

function deviceLines(verdict: DeviceVerdict): string[] {
  const { device, name, role, entries, observations, notes, from, to } = verdict;
  return [
    `${name ?? "Unnamed"}, device ${device}`,
    line("Role", role ?? "not in the crew"),
    line("Entries", `${entries}, written ${spanText(from, to)}`),
    line("Observations", String(observations)),
    line("Notes", String(notes)),
    "",
  ];
}

function faultLines({ faults, moreFaults }: BundleVerdict): string[] {
  const more = moreFaults === 0 ? [] : [`  and ${moreFaults} more`];
  return faults.length === 0 ? [] : ["Faults:", ...faults.map((fault) => `  ${fault}`), ...more];
}

function closing({ ok, faults, moreFaults }: BundleVerdict): string {
  if (ok) return "All is well: every checksum, signature, chain, role and picture holds.";
  return `${faults.length + moreFaults} faults. What verifies can be restored all the same.`;
}

function line(what: string, text: string): string {
  return `  ${what.padEnd(13)} ${text}`;
}

/** Names come from the bundle: they must not move the terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}

function spanText(from: number | null, to: number | null): string {
  return from === null || to === null ? "at no time" : `${timeText(from)} to ${timeText(to)}`;
}

/** UTC, to the minute. What lies outside the calendar is a number. */
function timeText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return `${ms} ms`;
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} KB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
