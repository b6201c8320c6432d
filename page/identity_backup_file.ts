import { FieldError } from "../field/errors.ts";

/** A backup is one sealed key: what is larger is another file. */
const MOST_BYTES = 1 << 16;

/** The bytes of an identity backup. Rejects with "backup-refused" or "file-unreadable". */
export async function readIdentityBackup(file: Blob): Promise<ArrayBuffer> {
  if (file.size === 0 || file.size > MOST_BYTES) {
    throw new FieldError(
      "backup-refused",
      "This file is no backup of an identity. Choose the one that Fieldmesh made.",
    );
  }
  try {
    return await file.arrayBuffer();
  } catch (cause) {
    throw new FieldError(
      "file-unreadable",
      "The browser cannot read this file. Choose it again.",
      { cause },
    );
  }
}
