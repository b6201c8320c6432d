import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { MediaTotals, Retention } from "../../field/media.ts";
import { keepsAll } from "../../field/retention.ts";
import type { StorageReport } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { formats } from "../format.ts";
import Message from "../parts/message.tsx";
import Switch from "../parts/switch.tsx";
import EvenOnlyHereSheet from "./even_only_here_sheet.tsx";
import { attempt, followStorage, storageProblem, storageReport } from "./storage_report.ts";
import { ageLimits, ruleWords, sizeLimits } from "./picture_words.ts";
import type { Limit } from "./picture_words.ts";
import RemoveSheet from "./remove_sheet.tsx";

/** How many pictures, how large, and when they go: media before records. */
export default function PicturesCard() {
  useEffect(() => followStorage(fieldmesh()), []);
  const removing = useSignal(false);
  const report = storageReport.value;
  return (
    <section class="card" id="pictures" aria-labelledby="pictures-title">
      <h2 id="pictures-title">Pictures and space</h2>
      <Totals media={report?.media ?? null} />
      <KeepFrames report={report} />
      <RuleForm report={report} />
      {storageProblem.value && (
        <Message tone="problem" title="That did not work">
          <p>{storageProblem}</p>
        </Message>
      )}
      <button
        type="button"
        disabled={!report || report.media.here === 0}
        onClick={() => removing.value = true}
      >
        Remove now …
      </button>
      {report && (
        <RemoveSheet
          media={report.media}
          open={removing.value}
          onClose={() => removing.value = false}
        />
      )}
    </section>
  );
}

function Totals({ media }: { readonly media: MediaTotals | null }) {
  const figure = (value: number | undefined) => value === undefined ? "–" : formats.count(value);
  return (
    <div class="figures">
      <dl>
        <div class="figure">
          <dt>pictures here</dt>
          <dd>{figure(media?.here)}</dd>
        </div>
        <div class="figure">
          <dt>their size</dt>
          <dd>{media ? formats.bytes(media.hereBytes) : "–"}</dd>
        </div>
        <div class="figure">
          <dt>only here</dt>
          <dd>{figure(media?.onlyHere)}</dd>
        </div>
      </dl>
      <p class="hint">{media ? elsewhereWords(media) : "\u00a0"}</p>
    </div>
  );
}

function elsewhereWords({ wanted, thinned }: MediaTotals): string {
  const parts = [
    ...(wanted > 0 ? [`${formats.count(wanted)} still on the way here`] : []),
    ...(thinned > 0 ? [`${formats.count(thinned)} removed here to save space`] : []),
  ];
  return parts.length === 0 ? "All that records speak of are here." : `${parts.join(", ")}.`;
}

interface ReportProps {
  readonly report: StorageReport | null;
}

function KeepFrames({ report }: ReportProps) {
  return (
    <Switch
      label="Keep whole frames"
      hint="The whole view with each new observation, not only a thumbnail. Takes many times the space."
      on={report?.keepFrames ?? false}
      disabled={!report}
      onChange={(on) => void attempt(() => fieldmesh().setKeepFrames(on))}
    />
  );
}

function RuleForm({ report }: ReportProps) {
  const asking = useSignal(false);
  const rule = report?.retention ?? null;
  const change = (part: Partial<Retention>) => {
    if (rule) void attempt(() => fieldmesh().setRetention({ ...rule, ...part }));
  };
  return (
    <fieldset class="rule" disabled={!rule}>
      <legend>Remove by itself</legend>
      <LimitField
        id="most-age"
        label="By age"
        limits={ageLimits(rule?.mostAgeDays ?? null, formats)}
        value={rule?.mostAgeDays ?? null}
        onChange={(mostAgeDays) => change({ mostAgeDays })}
      />
      <LimitField
        id="most-size"
        label="By size"
        limits={sizeLimits(rule?.mostBytes ?? null, formats)}
        value={rule?.mostBytes ?? null}
        onChange={(mostBytes) => change({ mostBytes })}
      />
      <p class="hint">{rule ? ruleWords(rule) : "\u00a0"}</p>
      <EvenOnlyHere rule={rule} asking={asking} onChange={change} />
    </fieldset>
  );
}

interface EvenOnlyHereProps {
  readonly rule: Retention | null;
  readonly asking: Signal<boolean>;
  readonly onChange: (part: Partial<Retention>) => void;
}

/** A device without a crew can only make room so; it loses pictures, hence the second question. */
function EvenOnlyHere({ rule, asking, onChange }: EvenOnlyHereProps) {
  const standing = rule !== null && !keepsAll(rule);
  return (
    <>
      <Switch
        label="Also what only this device has"
        hint="Off: such pictures stay, whatever their age."
        on={standing && rule.evenOnlyHere}
        disabled={!standing}
        onChange={(on) => {
          if (on) asking.value = true;
          else onChange({ evenOnlyHere: false });
        }}
      />
      <EvenOnlyHereSheet
        open={asking.value}
        onClose={() => asking.value = false}
        onAgree={() => onChange({ evenOnlyHere: true })}
      />
    </>
  );
}

interface LimitFieldProps {
  readonly id: string;
  readonly label: string;
  readonly limits: readonly Limit[];
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

function LimitField({ id, label, limits, value, onChange }: LimitFieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        onChange={(event) => onChange(limits[event.currentTarget.selectedIndex].value)}
      >
        {limits.map((limit) => (
          <option key={limit.name} selected={limit.value === value}>{limit.name}</option>
        ))}
      </select>
    </div>
  );
}
