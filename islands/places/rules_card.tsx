import { useSignal } from "@preact/signals";
import type { Rule, RuleSet } from "../../field/decide/rule.ts";
import Icon from "../parts/icon.tsx";
import { ruleWords } from "./rule_words.ts";

export interface RulesCardProps {
  readonly rules: RuleSet;
  readonly agentName: (agent: string) => string;
  /** False: they are an admin's to change. */
  readonly mayRule: boolean;
  /** Names of the admins that are known. */
  readonly admins: readonly string[];
  readonly onAdd: () => void;
  readonly onEdit: (rule: Rule) => void;
  readonly onRemove: (rule: Rule) => void;
}

/** The crew's rules in words. */
export default function RulesCard(props: RulesCardProps) {
  const { rules, agentName, mayRule, onAdd, onEdit, onRemove } = props;
  return (
    <section class="card rules-card" aria-labelledby="rules-title">
      <h2 id="rules-title">
        Rules {rules.rules.length > 0 && <span class="places-count">{rules.rules.length}</span>}
      </h2>
      {rules.rules.length === 0 && (
        <p class="empty">
          None yet. A rule says when to alert, or to have somebody look.
        </p>
      )}
      <ul class="rows">
        {rules.rules.map((rule) => (
          <li key={rule.id} class="rule-row">
            <div class="place-row-text">
              <strong>{rule.name}</strong>
              <small>{ruleWords(rule, { set: rules, agentName })}</small>
            </div>
            {mayRule && (
              <div class="rule-actions">
                <button type="button" aria-label={`Edit ${rule.name}`} onClick={() => onEdit(rule)}>
                  Edit
                </button>
                <RemoveRule rule={rule} onRemove={onRemove} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {mayRule
        ? (
          <button type="button" onClick={onAdd}>
            <Icon name="add" />Add a rule
          </button>
        )
        : <p class="hint">{adminsWords(props.admins)}</p>}
    </section>
  );
}

/** Who is to be asked. */
export function adminsWords(admins: readonly string[]): string {
  const who = admins.length > 0 ? `: ${admins.join(", ")}` : "";
  return `An admin of the crew changes rules, zones, lines and where the site is${who}.`;
}

interface RemoveRuleProps {
  readonly rule: Rule;
  readonly onRemove: (rule: Rule) => void;
}

/** Asks once: it is removed on all devices. */
function RemoveRule({ rule, onRemove }: RemoveRuleProps) {
  const asks = useSignal(false);
  return (
    <button
      type="button"
      class="danger"
      aria-label={asks.value ? `Yes, remove ${rule.name} for all` : `Remove ${rule.name}`}
      onClick={() => asks.value ? onRemove(rule) : asks.value = true}
    >
      {asks.value ? "Yes, for all" : "Remove"}
    </button>
  );
}
