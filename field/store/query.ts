import type { DeviceId } from "../observation.ts";

/** Which observations; all conditions must hold. */
export interface ObservationQuery {
  /** At most this many; 1 to 500. */
  readonly limit: number;
  /** Only those that began after this, ms since the epoch. */
  readonly since?: number;
  /** Only those that began before this, ms since the epoch. */
  readonly until?: number;
  /** Continue below this one: the last id of the page before. */
  readonly before?: string;
  /** Of one of these classes: a person's word where there is one, else the model's. */
  readonly classes?: readonly string[];
  /** Seen by one of these devices. */
  readonly devices?: readonly DeviceId[];
  /** Seen within these bounds, degrees (WGS 84); `west` > `east` crosses the 180th meridian. */
  readonly within?: Bounds;
  /** Every word of it begins a word of the class, the model's label, the labels, the comment or the source's name. Case and accents do not count. */
  readonly text?: string;
  readonly starred?: boolean;
  /** Leave out what is marked as wrong. */
  readonly withoutWrong?: boolean;
}

export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** What there is to choose from in a query. */
export interface Facets {
  /** Most frequent first. */
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly devices: readonly { readonly device: DeviceId; readonly count: number }[];
  /** First sight of the oldest and of the newest, ms since the epoch; null when there is none. */
  readonly from: number | null;
  readonly to: number | null;
}
