import type { Condition, RuleSet } from "../../field/decide/rule.ts";
import { capitalised } from "../format.ts";
import { labelsOf, withLabel } from "./rule_draft.ts";
import { Amount, Choice, Segments } from "./rule_fields.tsx";

export interface ConditionFieldsProps {
  readonly when: Condition;
  readonly set: RuleSet;
  /** Labels to choose from. */
  readonly labels: readonly string[];
  readonly agents: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (when: Condition) => void;
}

const SECOND_MS = 1_000;
const ANYTHING = "";
const EVERYWHERE = "";

/** What each kind of condition asks. */
export default function ConditionFields(props: ConditionFieldsProps) {
  const { when } = props;
  switch (when.kind) {
    case "zone":
      return <ZoneFields {...props} when={when} />;
    case "line":
      return <LineFields {...props} when={when} />;
    case "seen":
      return <SeenFields {...props} when={when} />;
    case "anomaly":
      return (
        <Amount
          {...{ label: "Unusual by at least", unit: "%", least: 1, most: 100 }}
          value={Math.round(when.score / 10)}
          onChange={(percent) => props.onChange({ ...when, score: percent * 10 })}
        />
      );
    case "silence":
      return <SilenceFields {...props} when={when} />;
  }
}

type Of<K extends Condition["kind"]> = ConditionFieldsProps & {
  readonly when: Extract<Condition, { kind: K }>;
};

function ZoneFields({ when, set, labels, onChange }: Of<"zone">) {
  return (
    <>
      <WhatFields {...{ when, labels, onChange }} />
      <Segments
        label="Does what"
        value={when.change}
        options={[["entered", "Enters"], ["left", "Leaves"]]}
        onChange={(change) => onChange({ ...when, change })}
      />
      <Choice
        label="Which zone"
        value={when.zone}
        options={set.zones.map(({ id, name }) => [id, name])}
        onChange={(zone) => onChange({ ...when, zone })}
      />
    </>
  );
}

function LineFields({ when, set, labels, onChange }: Of<"line">) {
  return (
    <>
      <WhatFields {...{ when, labels, onChange }} />
      <Choice
        label="Crosses line"
        value={when.line}
        options={set.lines.map(({ id, name }) => [id, name])}
        onChange={(line) => onChange({ ...when, line })}
      />
      <Segments
        label="Which way"
        value={when.way}
        options={[["both", "Both"], ["forward", "Forward"], ["back", "Back"]]}
        onChange={(way) => onChange({ ...when, way })}
      />
      <Amount
        {...{ label: "How many", unit: "of them", least: 1, most: 1000 }}
        value={when.count}
        onChange={(count) => onChange({ ...when, count })}
      />
      {when.count > 1 && (
        <Amount
          {...{ label: "Within", unit: "s", least: 1, most: 86_400 }}
          value={Math.round(when.withinMs / SECOND_MS)}
          onChange={(s) => onChange({ ...when, withinMs: s * SECOND_MS })}
        />
      )}
    </>
  );
}

function SeenFields({ when, set, labels, onChange }: Of<"seen">) {
  return (
    <>
      <WhatFields {...{ when, labels, onChange }} />
      <Amount
        {...{ label: "By at least", unit: "devices", least: 1, most: 64 }}
        value={when.agents}
        onChange={(agents) => onChange({ ...when, agents })}
      />
      <Choice
        label="Where"
        value={when.zone ?? EVERYWHERE}
        options={[
          [EVERYWHERE, "Anywhere"],
          ...set.zones.map(({ id, name }) => [id, name] as const),
        ]}
        onChange={(zone) => onChange({ ...when, zone: zone === EVERYWHERE ? null : zone })}
      />
    </>
  );
}

function SilenceFields({ when, agents, onChange }: Of<"silence">) {
  const everybody = ["", "Any device"] as const;
  return (
    <>
      <Choice
        label="Which device"
        value={when.agent ?? ""}
        options={[everybody, ...agents.map(({ id, name }) => [id, name] as const)]}
        onChange={(agent) => onChange({ ...when, agent: agent === "" ? null : agent })}
      />
      <Amount
        {...{ label: "Nothing heard for", unit: "s", least: 1, most: 86_400 }}
        value={Math.round(when.forMs / SECOND_MS)}
        onChange={(s) => onChange({ ...when, forMs: s * SECOND_MS })}
      />
    </>
  );
}

type WhatProps = Pick<ConditionFieldsProps, "labels" | "onChange"> & {
  readonly when: Extract<Condition, { readonly confidence: number }>;
};

function WhatFields({ when, labels, onChange }: WhatProps) {
  const label = labelsOf(when).at(0) ?? ANYTHING;
  const anything = when.kind === "seen" ? [] : [[ANYTHING, "Anything"] as const];
  const known = [...new Set([...labels, ...labelsOf(when)])];
  return (
    <>
      <Choice
        label="What"
        value={label}
        options={[...anything, ...known.map((one) => [one, capitalised(one)] as const)]}
        onChange={(one) => onChange(withLabel(when, one === ANYTHING ? null : one))}
      />
      <Amount
        {...{ label: "Sure by at least", unit: "%", least: 0, most: 99 }}
        value={Math.round(when.confidence / 10)}
        onChange={(percent) => onChange({ ...when, confidence: percent * 10 })}
      />
    </>
  );
}
