import assert from "node:assert/strict";
import fc from "fast-check";
import { CameraScene, cropped, type Moment, texture } from "../../tests/fixtures/camera_scene.ts";
import { seededRandom } from "../../tests/fixtures/devices.ts";
import { picture } from "../../tests/fixtures/pictures.ts";
import type { Detection } from "../observation.ts";
import {
  EMPTY_HEARTBEAT_MS,
  FrameGate,
  LINGER_MS,
  OCCUPIED_HEARTBEAT_MS,
  SETTLING_LOOKS,
  type Verdict,
} from "./frame_gate.ts";

const FRAME_MS = 100;
const SMALL = texture(320, 240);
const FULL = texture(640, 480);

/** Frames every 100 ms, all looked at that are worth it. */
function watch(
  scene: CameraScene,
  { lastMs, moment = () => ({}), inView = () => [], gate = new FrameGate() }: {
    readonly lastMs: number;
    readonly moment?: (ms: number) => Moment;
    readonly inView?: (ms: number) => readonly Detection[];
    readonly gate?: FrameGate;
  },
): Verdict[] {
  const verdicts: Verdict[] = [];
  for (let ms = 0; ms <= lastMs; ms += FRAME_MS) {
    const verdict = gate.judge(scene.frame(moment(ms)), ms);
    if (verdict.look) gate.looked(verdict, inView(ms));
    verdicts.push(verdict);
  }
  return verdicts;
}

const looks = (verdicts: readonly Verdict[]) => verdicts.filter(({ look }) => look).length;
const moved = (verdicts: readonly Verdict[]) => verdicts.filter(({ kind }) => kind === "motion");

function seen(label: string, x = 0.4, width = 0.1): Detection {
  return { label, score: 0.8, box: { x, y: 0.4, width, height: 0.2 } };
}

/** A gate that has settled on a still scene. */
function settled(scene: CameraScene): FrameGate {
  const gate = new FrameGate();
  watch(scene, { lastMs: 1500, gate });
  return gate;
}

Deno.test("judge() looks at the first frame, then so often that a track can begin, then rests", () => {
  const verdicts = watch(new CameraScene(SMALL, 0), { lastMs: 1000 });
  const reasons = verdicts.slice(0, SETTLING_LOOKS + 2).map(({ reason }) => reason);
  assert.deepEqual(reasons, ["first", "settling", "settling", "settling", "same"]);
  assert.ok(
    verdicts.slice(SETTLING_LOOKS + 1).every(({ kind, look }) => kind === "duplicate" && !look),
  );
});

Deno.test("judge() calls the same pixels duplicate, and one other pixel too little to see still", () => {
  const gate = new FrameGate();
  gate.looked(gate.judge(SMALL, 0), []);
  const same = { ...SMALL, data: SMALL.data.slice() };
  const verdict = gate.judge(same, 100);
  assert.equal(verdict.kind, "duplicate");
  same.data[400] ^= 1;
  assert.equal(gate.judge(same, 200).kind, "still");
  const digest = gate.judge(SMALL, 300).digest;
  assert.ok(digest !== null && digest === verdict.digest);
});

Deno.test("judge() calls pixels that changed places within a block no duplicate", () => {
  const gate = new FrameGate();
  const flat = new Uint8ClampedArray(64 * 48 * 4).fill(90);
  const [first, other] = [flat.slice(), flat.slice()];
  first.fill(140, 0, 4);
  other.fill(140, 4, 8);
  gate.looked(gate.judge({ width: 64, height: 48, data: first }, 0), []);
  assert.equal(gate.judge({ width: 64, height: 48, data: other }, 100).kind, "still");
  assert.equal(gate.judge({ width: 64, height: 48, data: first }, 200).kind, "duplicate");
});

Deno.test("judge() compares with the frame looked at last, not with the one before", () => {
  const scene = new CameraScene(SMALL, 0);
  const gate = settled(scene);
  // half a level a frame: no two frames in a row differ by what is seen
  const at = [...Array(40).keys()].findIndex((i) => {
    const patches = [{ x: 100, y: 100, width: 40, height: 40, contrast: Math.floor(i / 2) }];
    return gate.judge(scene.frame({ patches }), 1600 + i).kind === "motion";
  });
  assert.ok(at >= 4 && at <= 8, `at ${at}`);
});

Deno.test("judge() says motion until the frame has been looked at", () => {
  const scene = new CameraScene(SMALL, 1);
  const gate = settled(scene);
  const patches = [{ x: 100, y: 100, width: 40, height: 40, contrast: 60 }];
  for (let ms = 1600; ms < 2200; ms += FRAME_MS) {
    const verdict = gate.judge(scene.frame({ patches }), ms);
    assert.deepEqual([verdict.kind, verdict.look, verdict.reason], ["motion", true, "moved"]);
    assert.ok(verdict.changedBlocks >= 16 && verdict.changedBlocks <= 25);
  }
  gate.looked(gate.judge(scene.frame({ patches }), 2200), []);
  assert.equal(gate.judge(scene.frame({ patches }), 2300).kind, "still");
});

for (const noise of [0, 1, 3, 5, 8, 12, 20]) {
  Deno.test(`judge() looks at a tenth of a still scene's frames at most, with noise ${noise}`, () => {
    const verdicts = watch(new CameraScene(SMALL, noise), { lastMs: 20_000 }).slice(20);
    assert.ok(looks(verdicts) <= 20, `${looks(verdicts)} of ${verdicts.length}`);
  });
}

Deno.test("judge() takes no light that comes and goes for motion: ± 30 % in 5 s, and 20 % at once", () => {
  const waves = (ms: number) => ({ light: 1 + 0.3 * Math.sin((ms / 20_000) * 2 * Math.PI) });
  const steps = (ms: number) => ({ light: Math.floor(ms / 4000) % 2 ? 1.2 : 1 });
  for (const moment of [waves, steps]) {
    const verdicts = watch(new CameraScene(SMALL, 3), { lastMs: 20_000, moment }).slice(10);
    assert.equal(moved(verdicts).length, 0);
  }
});

Deno.test("judge() sees what comes while the light changes", () => {
  const patches = [{ x: 150, y: 100, width: 30, height: 60, contrast: -70 }];
  const moment = (ms: number) => ({
    light: 1 + ms / 40_000,
    patches: ms >= 6000 ? patches : [],
  });
  const verdicts = watch(new CameraScene(SMALL, 3), { lastMs: 6500, moment });
  assert.equal(verdicts[60].reason, "moved");
  assert.equal(moved(verdicts.slice(10, 60)).length, 0);
});

Deno.test("judge() looks when the lens is covered or the light goes on", () => {
  for (const [before, after] of [[1, 0.05], [0.05, 1], [1, 0.6], [0.6, 1]]) {
    const moment = (ms: number) => ({ light: ms < 2000 ? before : after });
    const verdicts = watch(new CameraScene(SMALL, 2), { lastMs: 2000, moment });
    assert.equal(verdicts[20].kind, "motion", `${before} to ${after}`);
  }
});

Deno.test("judge() looks at a frame of another size", () => {
  const gate = new FrameGate();
  gate.looked(gate.judge(SMALL, 0), []);
  assert.equal(gate.judge(texture(240, 320), 100).reason, "resized");
});

Deno.test("judge() forgets the noise of frames of another size", () => {
  const gate = new FrameGate();
  watch(new CameraScene(SMALL, 20), { lastMs: 3000, gate });
  const scene = new CameraScene(texture(240, 320), 0);
  for (let i = 0; i < 2; i++) gate.looked(gate.judge(scene.frame(), 3100), []);
  const patches = [{ x: 100, y: 100, width: 40, height: 40, contrast: 8 }];
  assert.equal(gate.judge(scene.frame({ patches }), 3200).kind, "motion");
});

Deno.test("judge() catches 12×12 of 640×480 pixels that contrast by 40 levels, wherever they are", () => {
  const scene = new CameraScene(FULL, 3);
  const random = seededRandom(5);
  const anywhere = (most: number) => (random(1)[0] * 256 + random(1)[0]) % most;
  const corners = [[14, 14], [34, 54], [0, 0], [628, 468]];
  const places = [...corners, ...Array.from({ length: 36 }, () => [anywhere(628), anywhere(468)])];
  const gate = settled(scene);
  for (const [x, y] of places) {
    const contrast = random(1)[0] % 2 ? 40 : -40;
    const patches = [{ x, y, width: 12, height: 12, contrast }];
    const verdict = gate.judge(scene.frame({ patches }), 1600);
    assert.equal(verdict.reason, "moved", `at ${x}, ${y} by ${contrast}`);
    assert.ok(verdict.changedBlocks <= 4);
  }
});

Deno.test("judge() does not see 4×4 of 640×480 pixels that contrast by 40 levels: its limit", () => {
  const scene = new CameraScene(FULL, 1);
  const patches = [{ x: 300, y: 300, width: 4, height: 4, contrast: 40 }];
  assert.equal(settled(scene).judge(scene.frame({ patches }), 1600).kind, "still");
});

Deno.test("judge() catches what comes in, fast or slow, before all of it is in view", () => {
  for (const perFrame of [0.5, 1, 3, 10, 40, 150]) {
    for (const [width, height] of [[10, 10], [14, 40], [60, 80]]) {
      const scene = new CameraScene(SMALL, 2, width);
      const moment = (ms: number) => {
        const x = ((ms - 2000) / FRAME_MS) * perFrame - width;
        return { patches: [{ x, y: 97, width, height, contrast: 45 }] };
      };
      const wholeMs = 2000 + Math.ceil(width / perFrame) * FRAME_MS;
      const verdicts = watch(scene, { lastMs: wholeMs, moment });
      assert.equal(moved(verdicts.slice(10, 20)).length, 0);
      assert.ok(moved(verdicts.slice(20)).length > 0, `${width}×${height} by ${perFrame} a frame`);
    }
  }
});

Deno.test("judge() gets used to a branch in the wind within 15 s, and sees who walks before it", () => {
  const branch = (ms: number) => {
    const x = 100 + 10 * Math.sin(ms / 170);
    return { x, y: 100, width: 30, height: 30, contrast: 40 };
  };
  const person = { x: 95, y: 80, width: 30, height: 70, contrast: 90 };
  const scene = new CameraScene(SMALL, 2);
  const gate = new FrameGate();
  const moment = (ms: number) => ({ patches: [branch(ms)] });
  const verdicts = watch(scene, { lastMs: 30_000, moment, gate });
  const after = verdicts.slice(150);
  assert.ok(looks(after) <= after.length / 8, `${looks(after)} of ${after.length}`);
  const passing = scene.frame({ patches: [branch(30_100), person] });
  assert.equal(gate.judge(passing, 30_100).kind, "motion");
});

Deno.test("judge() does not get used to an object in view that sways", () => {
  const x = (ms: number) => 150 + 6 * Math.sin(ms / 200);
  const scene = new CameraScene(SMALL, 2);
  const verdicts = watch(scene, {
    lastMs: 20_000,
    moment: (ms) => ({ patches: [{ x: x(ms), y: 100, width: 30, height: 60, contrast: 40 }] }),
    inView: () => [seen("person", 0.4, 0.25)],
  });
  assert.ok(looks(verdicts) > 0.8 * verdicts.length, `${looks(verdicts)}`);
});

Deno.test("judge() looks once a heartbeat at a still scene, sooner while something is in view", () => {
  const gaps = (inView: readonly Detection[]) => {
    const verdicts = watch(new CameraScene(SMALL, 1), { lastMs: 20_000, inView: () => inView });
    const at = verdicts.flatMap(({ look, view }) => look ? view.atMs : []).slice(SETTLING_LOOKS);
    return new Set(at.slice(1).map((ms, i) => ms - at[i]));
  };
  assert.deepEqual(gaps([]), new Set([EMPTY_HEARTBEAT_MS]));
  assert.deepEqual(gaps([seen("cup")]), new Set([OCCUPIED_HEARTBEAT_MS]));
});

Deno.test("judge() keeps the short heartbeat for 10 s after something was in view, not for ever", () => {
  const lastMs = 30_000;
  const inView = (ms: number) => ms < 3000 ? [seen("cup")] : [];
  const verdicts = watch(new CameraScene(SMALL, 1), { lastMs, inView });
  const at = verdicts.flatMap(({ look, view }) => look ? view.atMs : []);
  const between = (from: number, to: number) => at.filter((ms) => ms > from && ms <= to).length;
  assert.ok(between(3000, 2000 + LINGER_MS) >= 9);
  assert.ok(between(5000 + LINGER_MS, lastMs) <= 3);
});

Deno.test("heartbeatMs is the long one when the clock was set back behind what was in view", () => {
  const gate = new FrameGate();
  gate.looked(gate.judge(SMALL, 50_000), [seen("cup")]);
  assert.equal(gate.heartbeatMs, OCCUPIED_HEARTBEAT_MS);
  gate.looked(gate.judge(SMALL, 100), []);
  assert.equal(gate.heartbeatMs, EMPTY_HEARTBEAT_MS);
});

Deno.test("judge() looks again when a heartbeat found other objects, but not for flicker without end", () => {
  const scene = new CameraScene(SMALL, 1);
  const comes = watch(scene, {
    lastMs: 7000,
    inView: (ms) => ms >= EMPTY_HEARTBEAT_MS ? [seen("cat")] : [],
  });
  const due = comes.findIndex(({ reason }) => reason === "heartbeat");
  const next = comes.slice(due + 1, due + 2 + SETTLING_LOOKS).map(({ reason }) => reason);
  assert.deepEqual(next, ["settling", "settling", "settling", "still"]);
  let look = 0;
  const flicker = watch(scene, {
    lastMs: 30_000,
    inView: () => [seen("cup"), ...(look++ % 2 ? [seen("cat")] : [])],
  });
  const most = (30_000 / OCCUPIED_HEARTBEAT_MS + 1) * (1 + SETTLING_LOOKS);
  assert.ok(looks(flicker) <= most, `${looks(flicker)}`);
});

Deno.test("judge() has every scene looked at within its heartbeat, whatever comes and is dropped", () => {
  const frames = [SMALL, texture(320, 240), texture(33, 25), texture(33, 25)];
  frames[3].data.fill(200, 0, 1600);
  const step = fc.record({
    afterMs: fc.oneof(fc.nat(300), fc.nat(6000), fc.integer({ min: -2000, max: 0 })),
    frame: fc.nat(frames.length - 1),
    isDropped: fc.boolean(),
    objects: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const gate = new FrameGate();
      let [at, lookedAt] = [0, -Infinity];
      for (const { afterMs, frame, isDropped, objects } of steps) {
        const verdict = gate.judge(frames[frame], at += afterMs);
        if (at - lookedAt >= gate.heartbeatMs || at < lookedAt) assert.ok(verdict.look);
        if (verdict.kind === "motion") assert.ok(verdict.look && verdict.changedBlocks > 0);
        assert.equal(verdict.look, !["still", "same"].includes(verdict.reason));
        if (verdict.look) assert.ok(verdict.digest);
        if (!verdict.look || isDropped) continue;
        lookedAt = at;
        gate.looked(verdict, Array.from({ length: objects }, (_, i) => seen(`${i}`)));
        if (objects > 0) assert.equal(gate.heartbeatMs, OCCUPIED_HEARTBEAT_MS);
      }
    }),
    { seed: 4, numRuns: 60 },
  );
});

Deno.test("judge() says the same of the same frames", () => {
  const story = () =>
    watch(new CameraScene(SMALL, 12, 9), { lastMs: 3000 })
      .map(({ reason, changedBlocks, digest }) => [reason, changedBlocks, digest]);
  assert.deepEqual(story(), story());
});

Deno.test("judge() sees the project's pictures shift by a pixel, and knows each again", async () => {
  for (const name of ["astronaut", "chelsea", "coffee", "rocket"] as const) {
    const whole = await picture(name);
    const size = { width: whole.width - 8, height: whole.height - 8 };
    const gate = settled(new CameraScene(cropped(whole, 0, 0, size), 0));
    for (const [x, y] of [[1, 0], [0, 1], [8, 8]]) {
      const verdict = gate.judge(cropped(whole, x, y, size), 1600);
      assert.equal(verdict.reason, "moved", `${name} by ${x}, ${y}`);
    }
    assert.equal(gate.judge(cropped(whole, 0, 0, size), 1600).kind, "duplicate");
  }
});
