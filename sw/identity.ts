import type { Bytes } from "../field/bytes.ts";
import type { Crew } from "../field/feed/crew.ts";
import { FieldError } from "../field/errors.ts";
import { openIdentity, sealIdentity } from "../field/identity_backup.ts";
import type { Results } from "../field/messages.ts";
import type { DeviceId } from "../field/observation.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { Store } from "../field/store/store.ts";
import type { IdbStore } from "./idb_store.ts";

export interface IdentityPorts {
  readonly store: Pick<IdbStore, "keys" | "replaceKeys" | "commit">;
  readonly replica: Pick<Replica, "id" | "headOf"> & {
    readonly crew: Pick<Crew, "founder"> | null;
  };
  readonly random: (byteLength: number) => Bytes;
}

/** Read by the replica, too, which writes nothing in a crew while it holds. */
const UNCONFIRMED = "identity-unconfirmed";

/** True while the identity came from a backup and was not confirmed since. */
export async function isIdentityRestored(store: Pick<Store, "setting">): Promise<boolean> {
  return await store.setting(UNCONFIRMED) === true;
}

/** This device's identity in a file, sealed. Throws "backup-refused". */
export async function backUpIdentity(
  { store, random }: IdentityPorts,
  passphrase: string,
): Promise<Results["identity-backup"]> {
  const { name, bytes } = await sealIdentity(await store.keys(), passphrase, random);
  return { name, bytes: bytes.slice().buffer };
}

/**
 * Makes this device the one of the backup; the worker must then be opened anew. Throws "backup-refused"
 * when the file or the passphrase is not right, or when this device has written something already.
 */
export async function restoreIdentity(
  { store, replica }: IdentityPorts,
  file: Uint8Array,
  passphrase: string,
): Promise<DeviceId> {
  if ((replica.headOf(replica.id)?.seq ?? 0) > 0) {
    throw new FieldError(
      "backup-refused",
      "This device has written records under its own identity already. Restore the backup on a device, or in a browser profile, where Fieldmesh was not used yet.",
    );
  }
  const keys = await openIdentity(file, passphrase);
  if (keys.id === replica.id) return keys.id;
  // before the keys: nobody writes as this device until another copy of it is known not to be ahead
  const settings = { [UNCONFIRMED]: true, ...ownCrewGivenUp(replica) };
  await store.commit({ settings, strict: true });
  await store.replaceKeys(keys);
  return keys.id;
}

/** A crew that the former identity founded has nobody in it. */
function ownCrewGivenUp({ crew, id }: IdentityPorts["replica"]): Record<string, unknown> {
  return crew?.founder === id ? { crew: "", ticket: "", invites: [] } : {};
}
