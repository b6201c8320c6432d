import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { NO_RULES, type Rule, type RuleSet } from "../field/decide/rule.ts";
import type { WorldReport } from "../field/world_messages.ts";
import { askToNotify } from "../page/alerts/notify_permission.ts";
import { fieldmesh } from "../page/fieldmesh.ts";
import { browserAimPorts, readCameraAim } from "../page/placing/camera_aim.ts";
import { currentPlace } from "../page/placing/current_place.ts";
import { browserTiming } from "../page/timing.ts";
import { broken, capture, status } from "./live.ts";
import Message from "./parts/message.tsx";
import Sheet from "./parts/sheet.tsx";
import Storing from "./parts/storing.tsx";
import CameraCard from "./places/camera_card.tsx";
import { type CameraDraft, draftOf } from "./places/camera_draft.ts";
import type { CameraTools } from "./places/camera_editor.tsx";
import MapGroundCard from "./places/map_ground_card.tsx";
import { knownLabels, newRuleAbout, placeId } from "./places/new_rule.ts";
import { nextStep } from "./places/next_step.ts";
import NextStepCard from "./places/next_step_card.tsx";
import { newDraft, type OutlineDraft } from "./places/outline_draft.ts";
import Places from "./places/places.tsx";
import RuleForm from "./places/rule_form.tsx";
import { withoutRule } from "./places/rule_draft.ts";
import RulesCard from "./places/rules_card.tsx";
import SiteCard from "./places/site_card.tsx";
import {
  act,
  feedFailure,
  followWorld,
  keepProblem,
  keepRules,
  placeCamera,
  report,
  snapshots,
} from "./places/world_feed.ts";
import { choice, problem, start } from "./watch/control.ts";

/** Opens the camera's editor at once: what Watch links to. */
const CAMERA_HASH = "#camera";
const NO_ASPECT = 4 / 3;

/** Places: the picture of the world, wired to the worker. */
export default function PlacesView() {
  const camera = useSignal<CameraDraft | null>(null);
  const draft = useSignal<OutlineDraft | null>(null);
  const rule = useSignal<Rule | null>(null);
  useEffect(() => followWorld(fieldmesh()), []);
  const world = report.value;
  const place = () => camera.value = draftOf(world?.camera ?? null, aspectNow());
  useEffect(() => {
    if (!world || location.hash !== CAMERA_HASH) return;
    history.replaceState(history.state, "", location.pathname);
    place();
  }, [world === null]);
  if (!world && !feedFailure.value) return broken.value ? null : <Storing />;
  const rules = world?.rules ?? NO_RULES;
  const keep = (next: RuleSet) => keepRules(fieldmesh(), next, world?.origin ?? null);
  const step = world && nextStep(world, isWatching());
  const stepCard = step && world && (
    <NextStepCard
      step={step}
      onDemo={tryDemo}
      onPlace={place}
      onWatch={() => start(choice.value)}
      onDraw={() => draft.value = newDraft("zone", middleOf(world))}
      onRule={(on, id) => rule.value = newRuleAbout(world, on, id)}
    />
  );
  return (
    <>
      <KeepProblem isInForm={rule.value !== null} />
      <Places
        snapshots={step?.kind === "begin" && !camera.value ? [] : snapshots.value}
        {...{ rules, origin: world?.origin ?? null, mayRule: world?.mayRule ?? false }}
        problem={problemNow()}
        empty={stepCard}
        lead={stepCard}
        {...{ camera, draft, newId: placeId }}
        placing={{
          ...{ isPlaced: world?.camera != null, tools },
          onSave: (placement) => placeCamera(fieldmesh(), placement),
        }}
        onZone={(zone) => keep({ ...rules, zones: replaced(rules.zones, zone) })}
        onLine={(line) => keep({ ...rules, lines: replaced(rules.lines, line) })}
        onRemove={(kind, id) => void keep(without(rules, kind, id))}
        onAct={(what) => act(fieldmesh(), what)}
        agentName={nameOf}
        cards={world && (
          <Cards
            world={world}
            onPlace={place}
            onRule={(edited) => rule.value = edited}
            keep={keep}
          />
        )}
      />
      <Sheet
        title={rules.rules.some(({ id }) => id === rule.value?.id) ? "Edit the rule" : "New rule"}
        open={rule.value !== null}
        onClose={() => rule.value = null}
      >
        {rule.value && world && (
          <RuleForm
            rule={rule.value}
            set={rules}
            labels={knownLabels(world)}
            agents={world.now.agents}
            problem={keepProblem.value}
            onChange={(changed) => rule.value = changed}
            askToNotify={askToNotify}
            onSave={async () => {
              const saved = rule.value;
              if (!saved) return;
              const named = { ...saved, name: saved.name.trim() };
              if (await keep({ ...rules, rules: replaced(rules.rules, named) })) rule.value = null;
            }}
          />
        )}
      </Sheet>
    </>
  );
}

interface CardsProps {
  readonly world: WorldReport;
  readonly onPlace: () => void;
  readonly onRule: (rule: Rule) => void;
  readonly keep: (rules: RuleSet) => Promise<boolean>;
}

function Cards({ world, onPlace, onRule, keep }: CardsProps) {
  const { rules, origin, mayRule } = world;
  return (
    <>
      <RulesCard
        {...{ rules, mayRule, admins: adminsNow(), agentName: nameOf }}
        onAdd={() => onRule(newRuleAbout(world))}
        onEdit={onRule}
        onRemove={({ id }) => void keep(withoutRule(rules, id))}
      />
      <CameraCard camera={world.camera} onPlace={onPlace} />
      <SiteCard
        {...{ origin, mayRule, place: tools.place }}
        onOrigin={(next) => void keepRules(fieldmesh(), rules, next)}
      />
      <MapGroundCard
        {...{ origin, mayRule }}
        onOrigin={(next) => void keepRules(fieldmesh(), rules, next)}
      />
    </>
  );
}

/** Of a change that was refused; while a rule's form is open it says so itself. */
function KeepProblem({ isInForm }: { readonly isInForm: boolean }) {
  if (!keepProblem.value || isInForm) return null;
  return (
    <Message
      tone="problem"
      title="This was not saved"
      actions={<button type="button" onClick={() => keepProblem.value = null}>Close</button>}
    >
      <p>{keepProblem}</p>
    </Message>
  );
}

function problemNow() {
  const failure = feedFailure.value;
  if (failure) return { title: "The world cannot be read", what: failure.message };
  const start = problem.value;
  return start ? { title: "Watching could not start", what: start.message } : undefined;
}

const tools: CameraTools = {
  aim: () => readCameraAim(browserAimPorts(browserTiming)),
  place: () => currentPlace(navigator.geolocation),
  still() {
    const live = capture.value;
    if (!live || live.state === "ended") return null;
    const { element } = live;
    const [width, height] = element instanceof HTMLVideoElement
      ? [element.videoWidth, element.videoHeight]
      : [element.width, element.height];
    return width > 0 && height > 0 ? { picture: element, width, height } : null;
  },
};

function aspectNow(): number {
  const still = tools.still();
  return still ? still.width / still.height : NO_ASPECT;
}

function isWatching(): boolean {
  return capture.value !== null && capture.value.state !== "ended";
}

/** The demo camera stands where a placed one would by default. */
async function tryDemo(): Promise<void> {
  await start("demo");
  // what went wrong is shown above the plan
  if (!isWatching()) return;
  await placeCamera(fieldmesh(), { ...draftOfDemo(), kind: "pose" });
}

function draftOfDemo() {
  const { pose, error } = draftOf(null, aspectNow());
  return { pose, error };
}

function nameOf(agent: string): string {
  const { device, peers } = status.value ?? {};
  if (device?.id === agent) return device.name;
  return peers?.find((peer) => peer.device === agent)?.name ?? agent.slice(0, 4);
}

function adminsNow(): readonly string[] {
  return status.value?.peers.filter(({ role }) => role === "admin").map(({ name }) => name) ?? [];
}

function middleOf({ now, camera }: WorldReport): readonly [number, number] {
  return now.tracks.at(0)?.position ?? camera?.pose.position ?? [0, 0];
}

function replaced<T extends { readonly id: string }>(all: readonly T[], one: T): readonly T[] {
  return [...all.filter(({ id }) => id !== one.id), one];
}

function without(rules: RuleSet, kind: "zone" | "line", id: string): RuleSet {
  return kind === "zone"
    ? { ...rules, zones: rules.zones.filter((zone) => zone.id !== id) }
    : { ...rules, lines: rules.lines.filter((line) => line.id !== id) };
}
