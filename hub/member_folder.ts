import { join } from "node:path";
import { FieldError } from "../field/errors.ts";
import type { Signer } from "../field/keys.ts";
import { DiskStore } from "../field/store/disk_store.ts";
import type { Write } from "../field/store/disk.ts";
import { HubError } from "./hub_error.ts";
import { makeMemberKey, readMemberKey } from "./member_key.ts";
import { SqliteDisk } from "./sqlite_disk.ts";

/** What a hub keeps as a member of a crew: its key, and the crew's records and pictures. */
export interface MemberFolder {
  readonly store: DiskStore;
  readonly signer: Signer;
  /** Lets go of the files, so that another hub can have them. */
  close(): void;
}

const KEY = "key.pem";
const RECORDS = "records.db";
const LOCK = "lock";
const OWNER_ONLY_FOLDER = 0o700;
/** Read by the replica: nothing is signed before the crew has shown how far this key's feed is. */
export const UNCONFIRMED = "identity-unconfirmed";

/**
 * Opens the folder; makes it, with a new key, when it is not there. Throws {@link HubError}: another hub
 * has it, a file is damaged or missing, the disk does not do.
 */
export async function openMemberFolder(folder: string): Promise<MemberFolder> {
  await Deno.mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const lock = await lockFolder(folder);
  const store = new DiskStore(new StrictDisk(join(folder, RECORDS)));
  try {
    const signer = await openKey(folder, store);
    return { store, signer, close: () => void (store.close(), unlock(lock)) };
  } catch (cause) {
    store.close();
    unlock(lock);
    if (cause instanceof FieldError) throw new HubError(cause.message, { cause });
    throw cause;
  }
}

/** Others may delete their copy of what this hub says it has: no write comes back before the disk has it. */
class StrictDisk extends SqliteDisk {
  override write(write: Write): Promise<void> {
    return super.write({ ...write, strict: true });
  }
}

/** The system lets go of the lock when this process ends, however it ends. */
async function lockFolder(folder: string): Promise<Deno.FsFile> {
  const file = await Deno.open(join(folder, LOCK), { write: true, create: true });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new HubError(
    `Another hub runs with ${folder}: two at once would be one member twice. End it, or give this ` +
      `one a folder of its own with --data FOLDER.`,
  );
}

/** Said, not only closed: a process that is just being started holds a copy of the open file for a moment. */
function unlock(file: Deno.FsFile): void {
  file.unlockSync();
  file.close();
}

async function openKey(folder: string, store: DiskStore): Promise<Signer> {
  const path = join(folder, KEY);
  const hadRecords = await isThere(join(folder, RECORDS));
  const kept = await readMemberKey(path);
  const isNew = await isEmpty(store); // opens it, which checks the file
  if (kept && hadRecords) return kept;
  if (kept) {
    // its feed may be further than this empty disk knows: writing on would fork it
    await store.commit({ settings: { [UNCONFIRMED]: true }, strict: true });
    return kept;
  }
  if (!isNew) {
    throw new HubError(
      `${path} is missing, but ${RECORDS} beside it has records: they belong to that key. Put back ` +
        `your copy of it, or move the whole folder away and start with a new --hub-of invite.`,
    );
  }
  // ended before the key is there, the next start finds an empty disk, and begins as if for the first time
  return await makeMemberKey(path);
}

async function isEmpty(store: DiskStore): Promise<boolean> {
  const [heads, settings] = await Promise.all([store.heads(), store.settings("")]);
  return heads.length === 0 && settings.size === 0;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
