/** The alerts that stand on the screen, on whichever page: module state, fed by {@link connectAlerts}. */
import { signal } from "@preact/signals";
import { type Failure, toFailure } from "../../field/errors.ts";
import { alertDuty } from "../../page/alerts/alert_duty.ts";
import { soundAlert, type SoundingPorts } from "../../page/alerts/alert_sounding.ts";
import { RaisedIds } from "../../page/alerts/raised_ids.ts";
import { TonePlayer } from "../../page/alerts/tone_player.ts";
import { tonesOf } from "../../page/alerts/chime.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import type { Fieldmesh } from "../../page/fieldmesh.ts";
import { browserTiming } from "../../page/timing.ts";
import { capture, status } from "../live.ts";
import {
  alertAsk,
  type ShownAlert,
  shownAlert,
  silenced,
  withAlertShown,
  withoutAlertShown,
} from "./alert_list.ts";

export const alerts = signal<readonly ShownAlert[]>([]);
/** Why an answer to "please look" was not taken. */
export const answerProblem = signal<Failure | null>(null);

const player = new TonePlayer();

export interface AlertPorts {
  readonly sounding: SoundingPorts;
  readonly raised: Pick<RaisedIds, "isNew">;
}

/** Hears decisions, and the first touch, which lets this page sound. Returns what undoes it. */
export function connectAlerts(
  source: Pick<Fieldmesh, "on">,
  { sounding, raised }: AlertPorts = browserPorts(),
): () => void {
  const over = new AbortController();
  const unlock = () => player.unlock();
  for (const touch of ["pointerdown", "keydown"]) {
    addEventListener(touch, unlock, { signal: over.signal, capture: true });
  }
  const undo = source.on("decided", ({ decision, words }) => {
    // a drone goes there and looks by itself
    const asked = capture.value?.kind === "drone" ? null : status.value?.device.id ?? null;
    const alert = shownAlert(decision, words, asked);
    if (!alert || alerts.value.some(({ id }) => id === alert.id)) return;
    if (!raised.isNew(alert.id)) return; // put away by now, or raised before the page was loaded anew
    alerts.value = withAlertShown(alerts.value, alert);
    const ask = alertAsk(decision);
    if (ask) raise(alert, ask, sounding).catch(reportError);
  });
  return () => {
    over.abort();
    undo();
  };
}

async function raise(
  { id }: ShownAlert,
  ask: Parameters<typeof soundAlert>[1],
  ports: SoundingPorts,
): Promise<void> {
  const sounded = await soundAlert(id, ask, ports);
  if (sounded === "silent") alerts.value = silenced(alerts.value, id);
}

function browserPorts(): AlertPorts {
  return {
    sounding: soundingPorts(),
    raised: new RaisedIds({ storage: () => sessionStorage, nowMs: () => Date.now() }),
  };
}

function soundingPorts(): SoundingPorts {
  return {
    duty: alertDuty({
      ...{ timing: browserTiming, locks: navigator.locks ?? null },
      isHidden: () => document.hidden,
    }),
    player,
    ...("vibrate" in navigator && {
      vibrate: (pattern: readonly number[]) => void navigator.vibrate([...pattern]),
    }),
  };
}

/** From a tap: the browser then lets it sound. */
export async function soundNow(): Promise<void> {
  player.unlock();
  if (!await player.play(tonesOf("chime"))) return;
  alerts.value = alerts.value.map((one) => ({ ...one, silent: false }));
}

export function closeAlert(id: string): void {
  alerts.value = withoutAlertShown(alerts.value, id);
}

/** What the user saw where this device was asked to look. The alert goes once that is kept. */
export async function answerLook(alert: ShownAlert, isThere: boolean): Promise<void> {
  answerProblem.value = null;
  const track = alert.look?.track;
  try {
    if (track) {
      await fieldmesh().worldAct({ kind: isThere ? "confirm-track" : "remove-track", track });
    }
    closeAlert(alert.id);
  } catch (thrown) {
    answerProblem.value = toFailure(thrown);
  }
}
