import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Failure } from "../../field/errors.ts";
import type { Invite, Role } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { formats, until } from "../format.ts";
import { status } from "../live.ts";
import CopyField from "../parts/copy_field.tsx";
import Icon from "../parts/icon.tsx";
import Message from "../parts/message.tsx";
import QrCode from "../parts/qr_code.tsx";
import Sheet from "../parts/sheet.tsx";
import { useNow } from "../parts/use_now.ts";
import { opensElsewhere, roleWord } from "./crew_words.ts";

type LinkedInvite = Invite & { readonly link: string };
type Progress =
  | { readonly step: "role" | "making" }
  | { readonly step: "failed"; readonly failure: Failure }
  | { readonly step: "ready"; readonly invite: LinkedInvite };

interface InviteSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Makes an invite: which role, then the code to scan and the link to send. */
export default function InviteSheet({ open, onClose }: InviteSheetProps) {
  const progress = useSignal<Progress>({ step: "role" });
  const role = useSignal<Role>("sensor");
  const close = () => {
    progress.value = { step: "role" };
    onClose();
  };
  const make = async () => {
    progress.value = { step: "making" };
    try {
      progress.value = { step: "ready", invite: await fieldmesh().invite(role.value) };
    } catch (thrown) {
      progress.value = { step: "failed", failure: toFailure(thrown) };
    }
  };
  const now = progress.value;
  return (
    <Sheet title="Invite a device" open={open} onClose={close}>
      {now.step === "ready"
        ? <ReadyInvite invite={now.invite} />
        : <RoleChoice role={role} busy={now.step === "making"} onMake={make} />}
      {now.step === "failed" && (
        <Message tone="problem" title="No invite was made">
          <p>{now.failure.message}</p>
        </Message>
      )}
    </Sheet>
  );
}

interface RoleChoiceProps {
  readonly role: Signal<Role>;
  readonly busy: boolean;
  readonly onMake: () => void;
}

function RoleChoice({ role, busy, onMake }: RoleChoiceProps) {
  return (
    <form
      class="invite-form"
      onSubmit={(event) => {
        event.preventDefault();
        onMake();
      }}
    >
      <fieldset>
        <legend>What may it do?</legend>
        <RoleOption
          role={role}
          value="sensor"
          hint="Records, and shares with everyone in the crew."
        />
        <RoleOption role={role} value="admin" hint="All that, and invites further devices." />
      </fieldset>
      {!status.value?.crew && (
        <p class="hint">This begins your crew, with this device as its admin.</p>
      )}
      <button type="submit" class="primary wide" disabled={busy}>
        {busy ? "Making the invite …" : "Make the invite"}
      </button>
    </form>
  );
}

interface RoleOptionProps {
  readonly role: Signal<Role>;
  readonly value: Role;
  readonly hint: string;
}

function RoleOption({ role, value, hint }: RoleOptionProps) {
  return (
    <label class="option">
      <input
        type="radio"
        name="role"
        value={value}
        checked={role.value === value}
        onChange={() => role.value = value}
      />
      <span>
        <strong>{roleWord(value)}</strong>
        <small>{hint}</small>
      </span>
    </label>
  );
}

function ReadyInvite({ invite }: { readonly invite: LinkedInvite }) {
  const now = useNow(1_000).value;
  const expired = invite.expires <= now;
  return (
    <div class="invite-ready">
      <p>
        On the other device, scan this with its camera app or open the link. It has to reach{" "}
        <strong>the same hub</strong>; keep Fieldmesh open here until it is in.
      </p>
      <div class={expired ? "qr-frame expired" : "qr-frame"}>
        <QrCode text={invite.link} label="Invite as a QR code" />
      </div>
      <p class="invite-expiry">
        {roleWord(invite.role)}, {expired
          ? "expired: make a new one."
          : `ends ${until(invite.expires, now)}, ${formats.recently(invite.expires, now)}`}
      </p>
      <CopyField label="Invite link" value={invite.link} />
      <ShareButton link={invite.link} />
      {!opensElsewhere(invite.link) && (
        <Message tone="info" title="This link works on this computer only">
          <p>
            It says localhost. For phones, start the hub with <code>deno task start --lan</code>
            {" "}
            and open Fieldmesh at the address it prints.
          </p>
        </Message>
      )}
      <p class="hint">
        Whoever opens it joins and gets all that the crew has recorded: show it to your team only.
        All of them can scan this one.
      </p>
    </div>
  );
}

function ShareButton({ link }: { readonly link: string }) {
  const failed = useSignal("");
  if (!("share" in navigator)) return null;
  const share = async () => {
    try {
      await navigator.share({ title: "Join my Fieldmesh crew", url: link });
    } catch (thrown) {
      const closedByUser = thrown instanceof DOMException && thrown.name === "AbortError";
      failed.value = closedByUser ? "" : "Sharing did not work here: copy the link.";
    }
  };
  return (
    <>
      <button type="button" class="wide" onClick={share}>
        <Icon name="share" />Share the link …
      </button>
      {failed.value && <p class="field-problem" role="alert">{failed}</p>}
    </>
  );
}
