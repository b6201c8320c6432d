import { FieldError } from "../field/errors.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { Args, Results } from "../field/messages.ts";
import type { AnswersTo } from "./answers_to.ts";
import type { Exports } from "./exports.ts";
import { backUpIdentity, type IdentityPorts, restoreIdentity } from "./identity.ts";
import { makeFile } from "./made_file.ts";
import type { IdbStore } from "./idb_store.ts";
import type { Restores } from "./restores.ts";

export interface FileAnswersPorts {
  readonly version: string;
  readonly store: IdbStore;
  readonly replica: Replica;
  readonly exports: Exports;
  readonly restores: Restores;
  readonly nowMs: () => number;
  readonly random: IdentityPorts["random"];
  readonly nameOf: (device: string) => string;
  /** Something is being recorded, or was and is not on disk. */
  readonly isRecording: () => boolean;
  readonly onConfirmed: () => void;
}

type Kind =
  | "export-begin"
  | "export-next"
  | "export-cancel"
  | "restore-begin"
  | "restore-part"
  | "restore-end"
  | "identity-backup"
  | "identity-restore"
  | "identity-confirm";

/** Files for others, bundles taken in, and this device's identity as a file. */
export function fileAnswers(ports: FileAnswersPorts): AnswersTo<Kind> {
  const { exports, restores, store, replica, random, onConfirmed } = ports;
  const identity: IdentityPorts = { store, replica, random };
  return {
    "export-begin": (call) => beginExport(ports, call),
    "export-next": (call) => exports.next(call.export),
    "export-cancel": (call) => {
      exports.cancel(call.export);
      return Promise.resolve(null);
    },
    "restore-begin": () => Promise.resolve(restores.begin()),
    "restore-part": ({ restore, bytes }) => restores.part(restore, new Uint8Array(bytes)),
    "restore-end": ({ restore }) => restores.end(restore),
    "identity-backup": ({ passphrase }) => backUpIdentity(identity, passphrase),
    "identity-restore": async ({ bytes, passphrase }) => {
      if (ports.isRecording()) {
        throw new FieldError("backup-refused", "Stop watching first, then restore the identity.");
      }
      return { device: await restoreIdentity(identity, new Uint8Array(bytes), passphrase) };
    },
    "identity-confirm": async () => {
      await replica.confirmIdentity();
      onConfirmed();
      return null;
    },
  };
}

async function beginExport(
  { exports, store, replica, version, nowMs, nameOf }: FileAnswersPorts,
  { format, query }: Args<"export-begin">,
): Promise<Results["export-begin"]> {
  const file = await makeFile(format, query, {
    ...{ store, version, nameOf },
    crew: replica.crew?.founder ?? null,
    heads: await store.heads(), // restored feeds too, also of no member
    createdMs: nowMs(),
  });
  return exports.begin(file);
}
