import { FieldError } from "../field/errors.ts";

const FRAGMENT = /(?:^|#)join=([^&\s]+)\s*$/;
/** base64url. Whether it is an invite is for the worker to say. */
const CODE = /^[A-Za-z0-9_-]{16,2048}$/;

/** A link that opens this app and joins. The code is behind the `#`: it never reaches a server's log. */
export function inviteLink(origin: string, code: string): string {
  return `${origin}/crew#join=${code}`;
}

/** The code in an invite as people hand it on: a link, its fragment, or the bare code. Throws `invite-invalid`. */
export function inviteCode(text: string): string {
  const trimmed = text.trim();
  const code = FRAGMENT.exec(trimmed)?.[1] ?? trimmed;
  if (CODE.test(code)) return code;
  throw new FieldError(
    "invite-invalid",
    "This is no invite of Fieldmesh. Scan the code again, or ask for a new link.",
  );
}
