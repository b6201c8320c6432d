import assert from "node:assert/strict";
import { cameraFailure, cameraLost, cameraObstacle } from "./camera_failure.ts";

Deno.test("cameraFailure() gives each of getUserMedia's errors its code and keeps the cause", () => {
  const codes = {
    NotAllowedError: "camera-denied",
    SecurityError: "camera-denied",
    NotFoundError: "camera-missing",
    OverconstrainedError: "camera-missing",
    NotReadableError: "camera-busy",
    AbortError: "camera-busy",
    SomethingNew: "camera-busy",
  };
  for (const [name, code] of Object.entries(codes)) {
    const cause = new DOMException("why", name);
    const failure = cameraFailure(cause);
    assert.equal(failure.code, code, name);
    assert.equal(failure.cause, cause);
    assert.match(failure.message, /\. /, `${name} says what to do`);
  }
});

Deno.test("cameraFailure() has an answer to what is no error at all", () => {
  assert.equal(cameraFailure("?").code, "camera-busy");
});

Deno.test("cameraObstacle() names the insecure origin first", () => {
  assert.equal(cameraObstacle({ isSecureContext: true, hasMediaDevices: true }), null);
  const insecure = cameraObstacle({ isSecureContext: false, hasMediaDevices: false });
  assert.equal(insecure?.code, "insecure-origin");
  const old = cameraObstacle({ isSecureContext: true, hasMediaDevices: false });
  assert.equal(old?.code, "camera-missing");
});

Deno.test("cameraLost() is camera-lost", () => assert.equal(cameraLost().code, "camera-lost"));
