import type { Deployment } from "./deployments.ts";
import type { ExportSource } from "./export_as.ts";
import type { Taxon } from "./kinds.ts";
import { MISSING_FIELDS } from "./package_media.ts";

const VERSION = "1.0.2";
const HOME = `https://raw.githubusercontent.com/tdwg/camtrap-dp/${VERSION}`;

export interface PackageFacts {
  readonly deployments: readonly Deployment[];
  readonly taxa: readonly (Taxon & { readonly className: string })[];
  readonly hasMedia: boolean;
  /** In all, and of those the ones without a known place. */
  readonly observations: number;
  readonly leftOut: number;
  readonly missingMedia: number;
}

/** `datapackage.json`. It says no licence: only the people who own the data can choose one. */
export function dataPackage(source: ExportSource, facts: PackageFacts): string {
  const created = new Date(source.createdMs).toISOString();
  const whose = source.crew === null ? "one device" : `crew ${source.crew.slice(0, 8)}`;
  return JSON.stringify(
    {
      name: `fieldmesh-${created.slice(0, 10)}`,
      title: `Observations of ${whose}, ${created.slice(0, 10)}`,
      profile: `${HOME}/camtrap-dp-profile.json`,
      created,
      description: description(facts),
      contributors: contributors(source, facts),
      sources: [{ title: "Fieldmesh", version: source.version }],
      project: {
        title: `Fieldmesh, ${whose}`,
        samplingDesign: "opportunistic",
        captureMethod: ["activityDetection"],
        individualAnimals: false,
        observationLevel: facts.hasMedia ? ["event", "media"] : ["event"],
      },
      spatial: spatial(facts),
      temporal: temporal(source, facts),
      taxonomic: facts.taxa.map(({ scientificName, taxonRank, className }) => ({
        scientificName,
        taxonRank,
        vernacularNames: { eng: className },
      })),
      resources: [
        ...["deployments", "media", "observations"].map((name) => ({
          ...tableResource(name),
          schema: `${HOME}/${name}-table-schema.json`,
        })),
        { ...tableResource("left-out"), schema: textSchema(LEFT_OUT_FIELDS) },
        { ...tableResource("missing-media"), schema: textSchema(MISSING_FIELDS) },
      ],
    },
    null,
    2,
  ) + "\n";
}

export const LEFT_OUT_FIELDS = [
  "observationID",
  "cameraID",
  "source",
  "class",
  "first",
  "last",
  "why",
];

function tableResource(name: string) {
  return {
    name,
    path: `${name}.csv`,
    profile: "tabular-data-resource",
    format: "csv",
    mediatype: "text/csv",
    encoding: "utf-8",
  };
}

function textSchema(names: readonly string[]) {
  return { fields: names.map((name) => ({ name, type: "string" })) };
}

function description({ observations, leftOut, missingMedia }: PackageFacts): string {
  return [
    `${observations} observations by phones that watch with a model. Each is one object that came ` +
    "by: an event, and where a picture is in the package, also a media observation with its box. " +
    "One animal that leaves and comes back is counted twice.",
    leftOut === 0
      ? "All of them are in the package."
      : `${leftOut} of them are not in the package, since it is not known where they were made: ` +
        "see left-out.csv.",
    missingMedia === 0
      ? "No picture is missing."
      : `${missingMedia} pictures are missing: see missing-media.csv.`,
    "A deployment is a device's stay at one place. When it was set up and taken down is not " +
    "recorded: its start and end are the first and the last sight of anything.",
    "Times are by the device's clock, as whole seconds in UTC. timestampIssues is true where that " +
    "clock was off by more than a minute against other devices.",
    "observationType is blank where a person marked an observation as wrong, and unclassified " +
    "where its class is none of an animal, a person or a vehicle: the class is in " +
    "observationTags. Where a person gave the class, classificationMethod is human.",
    "filePublic is false for all media, since nobody has checked whom they show. No licence has " +
    "been chosen.",
    "Texts that a spreadsheet might take for a formula begin with a ': take it away to get the text " +
    "as it was written.",
  ].join("\n\n");
}

function contributors(source: ExportSource, { deployments }: PackageFacts) {
  const names = new Set(deployments.map(({ device }) => source.nameOf(device)));
  if (names.size === 0) names.add("Fieldmesh");
  return [...names].sort().map((title) => ({ title, role: "contributor" }));
}

/** Where the deployments were. */
function spatial({ deployments }: PackageFacts) {
  const places = deployments.map(({ place }) => [place.longitude, place.latitude]);
  return { type: "MultiPoint", coordinates: places };
}

/** Days, UTC. Without a deployment: the day of the export. */
function temporal({ createdMs }: ExportSource, { deployments }: PackageFacts) {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  if (deployments.length === 0) return { start: day(createdMs), end: day(createdMs) };
  return {
    start: day(deployments.reduce((least, { oldest }) => Math.min(least, oldest), Infinity)),
    end: day(deployments.reduce((most, { end }) => Math.max(most, end), -Infinity)),
  };
}
