import { useEffect } from "preact/hooks";
import { fieldmesh } from "../page/fieldmesh.ts";
import {
  alerts,
  answerLook,
  answerProblem,
  closeAlert,
  connectAlerts,
  soundNow,
} from "./alerts/raised_alerts.ts";
import type { ShownAlert } from "./alerts/alert_list.ts";
import { capitalised } from "./format.ts";
import Icon from "./parts/icon.tsx";

/** What rules alert of, on every page, until the user has put it away. */
export default function Alerts() {
  useEffect(() => connectAlerts(fieldmesh()), []);
  const [first] = alerts.value;
  const isAlarm = first?.urgency === "alarm";
  return (
    <>
      <div class="alerts">
        {alerts.value.map((alert) => <AlertCard key={alert.id} alert={alert} />)}
      </div>
      <p class="hidden" aria-live="assertive">{isAlarm ? spoken(first) : ""}</p>
      <p class="hidden" aria-live="polite">{first && !isAlarm ? spoken(first) : ""}</p>
    </>
  );
}

function spoken({ look, words }: ShownAlert): string {
  return look ? `Please look: ${words}` : words;
}

function AlertCard({ alert }: { readonly alert: ShownAlert }) {
  const { id, words, urgency, look, silent } = alert;
  return (
    <section class={`alert ${urgency}`} aria-label={capitalised(urgency)}>
      <Icon name="warning" />
      <div class="alert-text">
        <strong>{look ? "Please look" : capitalised(urgency)}</strong>
        <p>{words}</p>
        {silent && <p class="hint">This browser plays no sound before the page is touched.</p>}
        {look && answerProblem.value && (
          <p class="field-problem" role="alert">{answerProblem.value.message}</p>
        )}
      </div>
      <button type="button" class="round" aria-label="Close alert" onClick={() => closeAlert(id)}>
        <Icon name="close" />
      </button>
      <div class="alert-actions">
        {look && (
          <>
            <button type="button" class="primary" onClick={() => answerLook(alert, true)}>
              Confirm
            </button>
            <button type="button" onClick={() => answerLook(alert, false)}>Not there</button>
          </>
        )}
        {silent && <button type="button" onClick={soundNow}>Turn sound on</button>}
        <a class="button" href="/places">Show on the plan</a>
      </div>
    </section>
  );
}
