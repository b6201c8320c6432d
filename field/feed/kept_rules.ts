/** The crew's rules that hold, in a snapshot, so that a start need not open the entry that they are in. */
import { type Bytes, fromHex, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { storedContent } from "./entry_content.ts";
import {
  type CrewRules,
  type PackedRules,
  packRules,
  parsePacked,
  type RulesPlace,
  unpacked,
} from "./rules_record.ts";
import type { Store } from "../store/store.ts";

interface RulesPorts {
  readonly store: Store;
  readonly automerge: () => Promise<void>;
}

/** The snapshot's name in the store: canonical CBOR `[1, by, seq, rules]`, and the origin where there is one. */
export const RULES_SNAPSHOT = "rules";
const FORMAT = 1;

/** The rules at a place: from the snapshot, or the entry. Null where that cannot be read any more. */
export async function readRules(ports: RulesPorts, place: RulesPlace): Promise<CrewRules | null> {
  const { store } = ports;
  const kept = parseSnapshot(await store.snapshot(RULES_SNAPSHOT), place);
  if (kept) return unpacked(kept);
  await ports.automerge();
  const [stored] = await store.entriesAfter(place.by, place.seq - 1, 1);
  const content = stored?.seq === place.seq ? await storedContent(stored) : null;
  const record = content?.crew?.rules.at(-1);
  if (!record) return null;
  const snapshot = encodeCbor([FORMAT, fromHex(place.by), place.seq, ...packRules(record)]);
  // where the disk refuses now, the next read tries again
  await store.commit({ snapshots: { [RULES_SNAPSHOT]: snapshot } }).catch(() => {});
  return unpacked(record);
}

function parseSnapshot(snapshot: Bytes | null, { by, seq }: RulesPlace): PackedRules | null {
  const value = snapshot && decodeCbor(snapshot)?.value;
  if (!Array.isArray(value) || value[0] !== FORMAT) return null;
  const [, of, at, ...packed] = value as unknown[];
  const isThat = of instanceof Uint8Array && toHex(of) === by && at === seq;
  return isThat ? parsePacked(packed) : null;
}
