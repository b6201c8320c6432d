import { COLUMNS } from "./columns.ts";
import type { ExportSource } from "./export_as.ts";

/** What is in the package. */
export interface PackageCounts {
  readonly observations: number;
  /** Files in media/, and pictures that should be there and are not. */
  readonly media: number;
  readonly missing: number;
}

const WIDTH = 78;
const INDENT = 18;

/** README.txt of the ZIP: every file and column in plain words. */
export function readme(source: ExportSource, counts: PackageCounts): string {
  return [
    "WHAT THIS IS",
    paragraph(whatThisIs(source, counts)),
    "WHAT IS IN HERE",
    ...FILES.map(([name, about]) => item(name, about)),
    "",
    "THE COLUMNS OF observations.csv (in observations.geojson: the properties)",
    ...COLUMNS.map(({ name, about }) => item(name, about)),
    "",
    "GOOD TO KNOW",
    ...GOOD_TO_KNOW.map(paragraph),
  ].join("\r\n");
}

function whatThisIs({ crew, createdMs, version }: ExportSource, counts: PackageCounts): string {
  const { observations, media, missing } = counts;
  const whose = crew === null ? "of one device" : `of the crew ${crew.slice(0, 8)}`;
  const pictures = missing === 0
    ? `${media} pictures. None is missing.`
    : `${media} pictures. ${missing} more are not in here: missing-media.csv says which and why.`;
  return `Observations ${whose}, written by Fieldmesh ${version} on ` +
    `${new Date(createdMs).toISOString()}: ${observations} observations and ${pictures}`;
}

const FILES: readonly (readonly [name: string, about: string])[] = [
  [
    "observations.csv",
    "A line for each observation, the newest first. One observation is one " +
    "object that came by, from when it was first seen until it was last seen.",
  ],
  [
    "observations.geojson",
    "The same for maps. Those without a known place are in it without a " +
    "point.",
  ],
  ["media/", "Pictures, named by the first half of their SHA-256."],
  [
    "missing-media.csv",
    "Pictures that observations speak of and that are not in here, with the " +
    "reason. Only the heading: nothing is missing.",
  ],
];

const GOOD_TO_KNOW: readonly string[] = [
  "Times are in UTC, as ISO 8601 with milliseconds. first and last are by the clock of the device that " +
  "saw it. Where devices had met and compared their clocks, clock_ahead_s says how far this one was " +
  "ahead of the others, and first_corrected and last_corrected are the times by the others' clocks. " +
  "With only two devices, nobody can say which of the two clocks is right: correct one of them, not " +
  "both.",
  "The word that counts is in class. Rows with wrong = true are still in here: leave them out when you " +
  "count.",
  "The CSV files are UTF-8 and begin with a byte order mark, so that Excel reads accents. In Python, " +
  'open them with encoding="utf-8-sig"; R\'s readr and pandas do so by themselves. Fields are ' +
  "separated by commas; numbers have a decimal point. If your Excel shows all in one column, use Data " +
  "> From Text/CSV.",
  "A text that a spreadsheet might take for a formula has a ' put before it: texts that begin with = + " +
  "- @ ' or a tab, also where such a character follows a semicolon, a quotation mark, a tab or a new " +
  "line. To get the text as it was written, take away one ' in these places. Control characters, which " +
  "tables cannot hold, are replaced by U+FFFD. observations.geojson has all texts as they were written.",
  "Several labels are separated by |. A | within a label is written \\| and a \\ is written \\\\.",
];

function paragraph(text: string): string {
  return `${wrapped(text, WIDTH).join("\r\n")}\r\n`;
}

/** A name, and what there is to say about it beside it. */
function item(name: string, about: string): string {
  const lines = wrapped(about, WIDTH - INDENT);
  const head = name.length < INDENT - 1 ? [`${name.padEnd(INDENT)}${lines.shift() ?? ""}`] : [name];
  return [...head, ...lines.map((line) => " ".repeat(INDENT) + line)].join("\r\n");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
