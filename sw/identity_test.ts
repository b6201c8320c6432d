import assert from "node:assert/strict";
import { MemoryStore } from "../field/store/memory_store.ts";
import { createKeys, type StoredKeys } from "../field/keys.ts";
import { idOf, seededRandom } from "../tests/fixtures/devices.ts";
import {
  backUpIdentity,
  type IdentityPorts,
  isIdentityRestored,
  restoreIdentity,
} from "./identity.ts";

const PASSPHRASE = "correct horse battery";
const random = seededRandom(1);

/** A store that keeps keys, and says in which order things were written. */
class KeyedStore extends MemoryStore {
  readonly log: string[] = [];
  #keys: StoredKeys;

  constructor(keys: StoredKeys) {
    super();
    this.#keys = keys;
  }

  keys(): Promise<StoredKeys> {
    return Promise.resolve(this.#keys);
  }

  async replaceKeys(keys: StoredKeys): Promise<void> {
    this.log.push(await isIdentityRestored(this) ? "keys after mark" : "keys before mark");
    this.#keys = keys;
  }
}

async function desk(other: Partial<IdentityPorts["replica"]> = {}) {
  const keys = await createKeys();
  const store = new KeyedStore(keys);
  const replica = { id: keys.id, headOf: () => undefined, crew: null, ...other };
  return { keys, store, ports: { store, replica, random } };
}

async function someBackup(): Promise<{ id: string; file: Uint8Array }> {
  const { keys, ports } = await desk();
  const { bytes } = await backUpIdentity(ports, PASSPHRASE);
  return { id: keys.id, file: new Uint8Array(bytes) };
}

Deno.test("restoreIdentity() makes the device the one of the backup, marked before the keys are", async () => {
  const { id, file } = await someBackup();
  const { store, ports } = await desk();
  assert.equal(await restoreIdentity(ports, file, PASSPHRASE), id);
  assert.equal((await store.keys()).id, id);
  assert.ok(await isIdentityRestored(store));
  assert.deepEqual(store.log, ["keys after mark"]);
});

Deno.test("restoreIdentity() refuses on a device that has written, and with a wrong passphrase; nothing is changed", async () => {
  const { file } = await someBackup();
  const refused = { code: "backup-refused" };
  const head = { device: idOf(1), seq: 1, hash: new Uint8Array(32) };
  const used = await desk({ headOf: () => head });
  await assert.rejects(restoreIdentity(used.ports, file, PASSPHRASE), refused);
  const { store, ports, keys } = await desk();
  await assert.rejects(restoreIdentity(ports, file, PASSPHRASE + "!"), refused);
  await assert.rejects(restoreIdentity(ports, file.slice(5), PASSPHRASE), refused);
  assert.equal((await store.keys()).id, keys.id);
  assert.equal(await isIdentityRestored(store), false);
});

Deno.test("restoreIdentity() of the identity that it has already changes nothing", async () => {
  const { store, ports, keys } = await desk();
  const { bytes } = await backUpIdentity(ports, PASSPHRASE);
  assert.equal(await restoreIdentity(ports, new Uint8Array(bytes), PASSPHRASE), keys.id);
  assert.equal(await isIdentityRestored(store), false);
});

Deno.test("restoreIdentity() leaves a crew that the former identity founded, and no other", async () => {
  const { file } = await someBackup();
  for (const isOwn of [true, false]) {
    const { store, ports, keys } = await desk();
    const founder = isOwn ? keys.id : idOf(7);
    await store.commit({ settings: { crew: founder } });
    const replica = { ...ports.replica, crew: { founder } };
    await restoreIdentity({ ...ports, replica }, file, PASSPHRASE);
    assert.equal(await store.setting("crew"), isOwn ? "" : founder);
  }
});
