import assert from "node:assert/strict";
import { FakeTiming } from "../fakes_for_tests.ts";
import { CameraKeeper } from "./camera_keeper.ts";

class FakeTrack {
  readyState: MediaStreamTrackState = "live";
  stop() {
    this.readyState = "ended";
  }
}

function fakeStream() {
  const track = new FakeTrack();
  const stream = { getTracks: () => [track], getVideoTracks: () => [track] };
  return { track, stream: stream as unknown as MediaStream };
}

function setUp(open?: () => Promise<MediaStream>) {
  const timing = new FakeTiming();
  const streams: ReturnType<typeof fakeStream>[] = [];
  const keeper = new CameraKeeper(
    timing,
    open ?? (() => {
      const made = fakeStream();
      streams.push(made);
      return Promise.resolve(made.stream);
    }),
  );
  return { timing, streams, keeper };
}

Deno.test("take() gives the same stream again within the grace period", async () => {
  const { timing, streams, keeper } = setUp();
  const first = await keeper.take();
  keeper.giveBack();
  await timing.pass(5_000);
  assert.equal(await keeper.take(), first);
  await timing.pass(60_000);
  assert.equal(streams[0].track.readyState, "live", "in use, so it is not closed");
});

Deno.test("giveBack() lets the camera's light go out after the grace period", async () => {
  const { timing, streams, keeper } = setUp();
  await keeper.take();
  keeper.giveBack();
  await timing.pass(10_000);
  assert.equal(streams[0].track.readyState, "ended");
  await keeper.take();
  assert.equal(streams.length, 2);
});

Deno.test("take() opens anew when the kept stream has ended", async () => {
  const { streams, keeper } = setUp();
  await keeper.take();
  keeper.giveBack();
  streams[0].track.stop();
  assert.equal(await keeper.take(), streams[1].stream);
});

Deno.test("take() asks once while a prompt is open, and closes what nobody wants any more", async () => {
  const prompt = Promise.withResolvers<MediaStream>();
  let asked = 0;
  const { timing, keeper } = setUp(() => {
    asked++;
    return prompt.promise;
  });
  const takes = [keeper.take(), keeper.take()];
  keeper.giveBack(); // both were called off while the user was deciding
  keeper.giveBack();
  await timing.pass(60_000); // who took a minute for it
  const made = fakeStream();
  prompt.resolve(made.stream);
  await Promise.all(takes);
  assert.equal(asked, 1);
  await timing.pass(10_000);
  assert.equal(made.track.readyState, "ended");
});

Deno.test("take() asks again after a refusal", async () => {
  let refusals = 1;
  const { keeper } = setUp(() => {
    if (refusals-- > 0) return Promise.reject(new Error("denied"));
    return Promise.resolve(fakeStream().stream);
  });
  await assert.rejects(keeper.take(), /denied/);
  keeper.giveBack();
  await keeper.take();
});
