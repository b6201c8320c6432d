/** The two ends of the credit: what may be under way, and who says that it is not any more. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ReceiveCredit } from "./receive_credit.ts";
import {
  CONTROL_WINDOW,
  controlCost,
  LANE_BYTES,
  SendWindow,
  STEP_BYTES,
  STEP_CONTROL,
  WINDOW_BYTES,
} from "./send_window.ts";

const frameOf = (bytes: number) => ({ bytes, control: 0 });
const controlOf = (control: number) => ({ bytes: 0, control });

Deno.test("a window has the room that its lanes have not taken, and the last of it is for what is critical", () => {
  const window = new SendWindow();
  window.sent("media", 60_000);
  window.sent("changes", 100_000);
  assert.equal(window.laneRoom("media"), LANE_BYTES.media - 60_000);
  assert.equal(window.sharedRoom("changes"), WINDOW_BYTES - 65_536 - 160_000);
  assert.equal(window.sharedRoom("critical"), WINDOW_BYTES - 160_000);
  window.sent("critical", 50_000);
  assert.equal(window.underWay(), 210_000);
  assert.equal(window.sharedRoom("changes"), WINDOW_BYTES - 65_536 - 160_000);
  window.sent("critical", 40_000);
  assert.equal(window.sharedRoom("changes"), WINDOW_BYTES - 250_000, "no more than there is");
});

Deno.test("credit frees the lanes of the frames that were sent first", () => {
  const window = new SendWindow();
  window.sent("media", 16_000);
  window.sent("changes", 20_000);
  window.sent("media", 16_000);
  assert.ok(window.credit(26_000, 0));
  assert.deepEqual(
    [window.underWay("media"), window.underWay("changes"), window.underWay()],
    [16_000, 10_000, 26_000],
  );
  assert.ok(window.credit(52_000, 0));
  assert.equal(window.underWay(), 0);
});

Deno.test("credit that no honest peer gives is not taken", () => {
  const window = new SendWindow();
  window.sent("changes", 60_000);
  for (let n = 0; n < 40; n++) window.sent("control", 20);
  for (
    const [bytes, control] of [
      [STEP_BYTES - 1, STEP_CONTROL - 1],
      [60_001, 0],
      [20_000, 41],
      [0, 41],
      [0, 0],
      [-20_000, STEP_CONTROL],
    ]
  ) assert.equal(window.credit(bytes, control), false, `${bytes} ${control}`);
  assert.ok(window.credit(20_000, 5));
  assert.equal(window.credit(19_000, 40), false, "it never falls");
  assert.equal(window.underWay(), 40_000);
});

Deno.test("control frames cost by their length, and have a window of their own", () => {
  assert.deepEqual([1, 512, 513, 65_536].map(controlCost), [1, 1, 2, 128]);
  const window = new SendWindow();
  for (let n = 0; n < 50; n++) window.sent("control", 30);
  assert.equal(window.controlRoom, CONTROL_WINDOW - 50);
  assert.equal(window.underWay(), 0);
  assert.ok(window.credit(0, 40));
  assert.equal(window.controlRoom, CONTROL_WINDOW - 10);
});

Deno.test("a receiver takes a window's worth, and more only as it says that it has dealt with some", () => {
  const credit = new ReceiveCredit(0);
  for (let n = 0; n < 4; n++) assert.ok(credit.arrived(frameOf(WINDOW_BYTES / 4)));
  assert.equal(credit.due(0), null, "nothing was dealt with");
  credit.left(frameOf(WINDOW_BYTES / 4));
  credit.dealt(frameOf(WINDOW_BYTES / 4));
  assert.equal(credit.arrived(frameOf(1)), false, "it has not been told");
  credit.left(frameOf(1));
  assert.deepEqual(credit.due(0), frameOf(WINDOW_BYTES / 4));
  assert.equal(credit.due(0), null, "told once");
  assert.ok(credit.arrived(frameOf(WINDOW_BYTES / 4)));
  assert.equal(credit.arrived(frameOf(1)), false);
});

Deno.test("who sends nothing but control frames gets credit at a bounded rate", () => {
  const credit = new ReceiveCredit(0);
  let told = 0;
  const send = (nowMs: number) => {
    for (let n = 0; n < CONTROL_WINDOW; n++) {
      credit.dealt(controlOf(1));
      told = credit.due(nowMs)?.control ?? told;
    }
  };
  for (let round = 0; round < 20; round++) send(0);
  assert.ok(told <= 512, `${told} at once`);
  for (let second = 1; second <= 60; second++) {
    told = credit.due(second * 1000)?.control ?? told;
  }
  assert.equal(told, 20 * CONTROL_WINDOW, "in the end all of it");
});

Deno.test("two honest ends never run dry and never find fault with each other, whatever frames there are", () => {
  const frame = fc.oneof(fc.integer({ min: 1, max: 60_000 }), fc.constant(0));
  fc.assert(fc.property(fc.array(frame, { maxLength: 400 }), fc.nat(20), (frames, lag) => {
    const [window, credit] = [new SendWindow(), new ReceiveCredit(0)];
    const underWay: { bytes: number; control: number }[] = [];
    let now = 0;
    const deal = () => {
      now += 20;
      const one = underWay.shift();
      if (!one) return false;
      assert.ok(credit.arrived(one));
      credit.left(one);
      credit.dealt(one);
      const due = credit.due(now);
      if (due) assert.ok(window.credit(due.bytes, due.control));
      return true;
    };
    for (const bytes of frames) {
      const hasRoom = () =>
        bytes === 0 ? window.controlRoom > 0 : window.sharedRoom("changes") >= bytes;
      while (underWay.length > lag || !hasRoom()) assert.ok(deal(), "stuck");
      window.sent(bytes === 0 ? "control" : "changes", bytes || 9);
      underWay.push(bytes === 0 ? controlOf(1) : frameOf(bytes));
    }
  }));
});
