/** The swarm's own worker, loaded on its page alone: event wiring, and nothing else. */
import { initializeWasm } from "@automerge/automerge/slim";
import { assertNever, FieldError, toFailure } from "../../field/errors.ts";
import { Swarm } from "../../field/swarm/swarm.ts";
import { SwarmScene } from "../../field/swarm/swarm_scene.ts";
import { AgentCamera, agentChance } from "./agent_camera.ts";
import { loadPictures } from "./load_pictures.ts";
import type { BeginAgent, BeginSwarm, FromSwarm, ToSwarm } from "./swarm_messages.ts";
import { begunWith, SwarmRunner, transferred } from "./swarm_runner.ts";
import { parseToSwarm } from "./swarm_shapes.ts";

/** Put in by the build. */
declare const __AUTOMERGE__: string;

/** Of a dedicated worker's scope; its declarations cannot be loaded beside those of the page. */
interface Scope {
  postMessage(message: FromSwarm, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
}
const scope = globalThis as unknown as Scope;

/** Of the whole scene, whoever flies. */
const DRONES = 5;

let camera: AgentCamera | null = null;
const runner = new SwarmRunner({
  post: tell,
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

scope.addEventListener("message", ({ data }) => {
  const message = parseToSwarm(data);
  if (message) take(message).catch(fail);
  else fail(new FieldError("bad-message", "The swarm got a message that it does not understand."));
});

async function take(message: ToSwarm): Promise<void> {
  switch (message.kind) {
    case "begin-swarm":
      return await begin(message);
    case "run":
      return runner.run(message.on);
    case "links":
      return void (runner.links = message.links);
    case "detected":
      return runner.detected(message.batch, message.detections);
    case "not-detected":
      return runner.notDetected(message.batch, message.failure);
    case "begin-agent":
      return await beginAgent(message);
    case "take-frame":
      return tell(agentCamera().frame(message.atMs));
    case "send-there":
      return agentCamera().sendThere(message.track, message.place);
    default:
      return assertNever(message);
  }
}

async function begin({ seed, links }: BeginSwarm): Promise<void> {
  const pictures = await loadPictures();
  runner.begin(await Swarm.begin({ seed, links, pictures, detect: runner.detect, automerge }));
}

async function beginAgent({ seed, drone }: BeginAgent): Promise<void> {
  const scene = new SwarmScene(await loadPictures(), seed, DRONES);
  camera = new AgentCamera(scene, drone, agentChance(seed, drone));
  tell(begunWith(scene.picture, scene.groundM));
}

function agentCamera(): AgentCamera {
  if (!camera) throw new FieldError("bad-message", "This drone's camera was not begun.");
  return camera;
}

async function automerge(): Promise<void> {
  const response = await fetch(__AUTOMERGE__);
  if (!response.ok) throw new Error(`Cannot read ${__AUTOMERGE__}: ${response.status}`);
  await initializeWasm(new Uint8Array(await response.arrayBuffer()));
}

function tell(message: FromSwarm): void {
  scope.postMessage(message, transferred(message));
}

function fail(thrown: unknown): void {
  tell({ kind: "failed", failure: toFailure(thrown) });
}
