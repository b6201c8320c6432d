import { useSignal } from "@preact/signals";
import type { Condition, Rule, RuleSet, Urgency } from "../../field/decide/rule.ts";
import { SOUNDS, VIBRATIONS } from "../../field/decide/rule.ts";
import { capitalised } from "../format.ts";
import Message from "../parts/message.tsx";
import Switch from "../parts/switch.tsx";
import ConditionFields, { type ConditionFieldsProps } from "./condition_fields.tsx";
import { alertOf, DEFAULT_ALERT, ofKind, withAction, withAlert, withWhen } from "./rule_draft.ts";
import { Amount, Choice, Segments } from "./rule_fields.tsx";
import { whenWords } from "./rule_words.ts";

export interface RuleFormProps extends Pick<ConditionFieldsProps, "set" | "labels" | "agents"> {
  readonly rule: Rule;
  /** Why the last try to save was refused; null when it was not. */
  readonly problem: string | null;
  readonly onChange: (rule: Rule) => void;
  readonly onSave: () => void;
  /** Asks the user for leave to notify; false: there is none. */
  readonly askToNotify: () => Promise<boolean>;
}

const SECOND_MS = 1_000;
const KINDS: readonly (readonly [Condition["kind"], string])[] = [
  ["zone", "Something enters or leaves a zone"],
  ["line", "Something crosses a line"],
  ["seen", "Several devices see something"],
  ["silence", "A device is silent"],
  ["anomaly", "A reading is unusual"],
];

/** Makes or changes a rule: when, what then, and how often. */
export default function RuleForm(props: RuleFormProps) {
  const { rule, set, problem, onChange, onSave } = props;
  const kinds = KINDS.filter(([kind]) => isPossible(kind, set));
  return (
    <form
      class="rule-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <p class="rule-said" aria-live="polite">
        When {whenWords(rule.when, { set, agentName: (agent) => nameOf(props.agents, agent) })}
      </p>
      <Choice
        label="When"
        value={rule.when.kind}
        options={kinds}
        onChange={(kind) => onChange(ofKind(rule, kind, set))}
      />
      <ConditionFields
        {...props}
        when={rule.when}
        onChange={(when) => onChange(withWhen(rule, when, set))}
      />
      <Segments
        label="How urgent"
        value={rule.urgency}
        options={[["note", "Note"], ["warning", "Warning"], ["alarm", "Alarm"]]}
        onChange={(urgency) => onChange(withUrgency(rule, urgency))}
      />
      <AlertFields {...props} />
      <More {...props} />
      {problem && (
        <Message tone="problem" title="The rule was not saved">
          <p>{problem}</p>
        </Message>
      )}
      <div class="form-actions">
        <button type="submit" class="primary">Save rule</button>
      </div>
    </form>
  );
}

/** A zone's rule needs a zone. */
function isPossible(kind: Condition["kind"], { zones, lines }: RuleSet): boolean {
  if (kind === "zone") return zones.length > 0;
  return kind !== "line" || lines.length > 0;
}

/** An alarm sounds like one, unless it makes no alert at all. */
function withUrgency(rule: Rule, urgency: Urgency): Rule {
  const alert = alertOf(rule);
  const isAlarm = urgency === "alarm";
  const sounds = alert &&
    {
      ...alert,
      sound: isAlarm ? "alarm" : "chime",
      vibration: isAlarm ? "long" : "short",
    } as const;
  return { ...withAlert(rule, sounds), urgency };
}

function AlertFields({ rule, onChange, askToNotify }: RuleFormProps) {
  const refused = useSignal(false);
  const alert = alertOf(rule);
  const notify = async (on: boolean) => {
    refused.value = false;
    if (on && !await askToNotify()) refused.value = true;
    if (alert) onChange(withAlert(rule, { ...alert, notification: on }));
  };
  return (
    <>
      <Switch
        label="Alert"
        hint="On every device of the crew, whichever page it shows."
        on={alert !== null}
        onChange={(on) => onChange(withAlert(rule, on ? DEFAULT_ALERT : null))}
      />
      {alert && (
        <>
          <Choice
            label="Sound"
            value={alert.sound}
            options={SOUNDS.map((one) => [one, capitalised(one)])}
            onChange={(sound) => onChange(withAlert(rule, { ...alert, sound }))}
          />
          <Choice
            label="Vibration"
            value={alert.vibration}
            options={VIBRATIONS.map((one) => [one, capitalised(one)])}
            onChange={(vibration) => onChange(withAlert(rule, { ...alert, vibration }))}
          />
          <Switch
            label="Notification"
            hint="When Fieldmesh is open and not looked at. Each device asks its own user."
            on={alert.notification}
            onChange={(on) => void notify(on)}
          />
          {refused.value && (
            <p class="field-problem" role="alert">
              This browser does not let Fieldmesh notify here. Other devices may.
            </p>
          )}
        </>
      )}
    </>
  );
}

const FASTER = { kind: "rate", of: "nearest", percent: 200, forMs: 30_000 } as const;

function More({ rule, onChange }: RuleFormProps) {
  const has = (kind: Rule["actions"][number]["kind"]) =>
    rule.actions.some((action) => action.kind === kind);
  const { ruleMs, subjectMs } = rule.coolDown;
  return (
    <details class="fold rule-more">
      <summary>Name, and what else is to happen</summary>
      <div class="rule-form">
        <label class="outline-name">
          <span>Name</span>
          <input
            type="text"
            maxLength={60}
            autoComplete="off"
            value={rule.name}
            onInput={({ currentTarget }) => onChange({ ...rule, name: currentTarget.value })}
          />
        </label>
        <Switch
          label="Ask the nearest device to look"
          hint="Its user is shown where, and says whether it is there."
          on={has("confirm")}
          onChange={(on) => onChange(withAction(rule, { kind: "confirm" }, on))}
        />
        <Switch
          label="Let the nearest device look twice as often"
          hint="For half a minute."
          on={has("rate")}
          onChange={(on) => onChange(withAction(rule, FASTER, on))}
        />
        <Switch
          label="Mark the place as searched"
          on={has("mark")}
          onChange={(on) => onChange(withAction(rule, { kind: "mark", mark: "searched" }, on))}
        />
        <Amount
          {...{ label: "Then quiet for", unit: "s", least: 1, most: 86_400 }}
          value={Math.round(ruleMs / SECOND_MS)}
          onChange={(s) => onChange({ ...rule, coolDown: { subjectMs, ruleMs: s * SECOND_MS } })}
        />
        <Amount
          {...{ label: "Of the same thing again after", unit: "s", least: 1, most: 3_600 }}
          value={Math.round(subjectMs / SECOND_MS)}
          onChange={(s) => onChange({ ...rule, coolDown: { ruleMs, subjectMs: s * SECOND_MS } })}
        />
      </div>
    </details>
  );
}

function nameOf(agents: RuleFormProps["agents"], id: string): string {
  return agents.find((one) => one.id === id)?.name ?? id.slice(0, 4);
}
